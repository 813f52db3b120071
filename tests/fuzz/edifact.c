/* SPDX-License-Identifier: Apache-2.0 */
#include "edi.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	return fuzz_edi(data, size);
}
