-- The bodies of a file, one a line, in turn; each request with an id of its own in place of the mark.
-- Run as `wrk -s wrk.lua URL -- FILE PREFIX`; the last line printed is the result as JSON.

local MARK = "THE-ID-OF-THE-REQUEST"
local requests, turn, count = {}, 0, 0
local id

function init(args)
  local prefix = args[2]
  id = prefix .. "%0" .. (#MARK - #prefix) .. "d"
  wrk.headers["Content-Type"] = "application/json"
  for body in io.lines(args[1]) do
    local text = wrk.format("POST", nil, nil, body)
    local first, last = text:find(MARK, 1, true)
    requests[#requests + 1] = {text:sub(1, first - 1), text:sub(last + 1)}
  end
end

-- The id is as long as the mark, so that what was written about the length of the body stays true.
function request()
  count = count + 1
  turn = turn % #requests + 1
  local parts = requests[turn]
  return parts[1] .. id:format(count) .. parts[2]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "max": %d, "refused": %d, "broken": %d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
