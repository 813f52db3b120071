-- SPDX-License-Identifier: Apache-2.0
-- wrk: hands in the document of BENCH_DOCUMENT with fresh numbers each time.
local thread = 0
function setup(t)
	t:set("id", thread)
	thread = thread + 1
end

function init()
	local f = assert(io.open(os.getenv("BENCH_DOCUMENT"), "rb"))
	document = f:read("*a")
	f:close()
	n = 0
	headers = { ["Authorization"] = "Bearer " .. os.getenv("BENCH_TOKEN"),
		["Content-Type"] = "application/edifact" }
end

function request()
	n = n + 1
	local number = string.format("%s%d%06d", os.getenv("BENCH_RUN"), id, n)
	local body = document:gsub("@NUMBER@", number)
	return wrk.format("POST", "/api/v1/documents", headers, body)
end

function response(status)
	if status ~= 202 and not told then
		told = true
		io.stderr:write("intake answered " .. status .. "\n")
	end
end
