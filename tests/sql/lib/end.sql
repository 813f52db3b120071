-- SPDX-License-Identifier: Apache-2.0
--
-- Last line of every file.

select * from finish();
rollback;
