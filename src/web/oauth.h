/* SPDX-License-Identifier: Apache-2.0
 *
 * Machines sign in: the token endpoint and what is published about it.
 */
#ifndef WEB_OAUTH_H
#define WEB_OAUTH_H

#include "web/flow.h"

flow_fn oauth_keys;     /* GET /.well-known/jwks.json */
flow_fn oauth_metadata; /* GET /.well-known/oauth-authorization-server */
flow_fn oauth_token;    /* POST /api/v1/token */

#endif
