-- Requests of which a stated share has a shape that was sent before; the rest are all different.
-- Run as `wrk -s mix.lua URL -- PLAN SHARE PREFIX START SAMPLE`. PLAN is written by `benchmarks/mixes.py`, which
-- describes it. SHARE is a number from 0 to 1, or `office`. No two runs whose STARTs lie further apart than the
-- calls of a run send the same combination. Some of the requests go into the file SAMPLE, to be compared afterwards;
-- the last line printed is the result as JSON.

local ID = "THE-ID-OF-THE-REQUEST"
local SAMPLE_EVERY, SAMPLE_MOST = 97, 100
local STRIDE = 1000003

local known, new, slots, orders = {}, {}, {}, {}
local combinations = 1
local id, share, count, start, due, position = nil, 0, 0, 0, 0, 0
local calls_a_day = 1
local seen, buffer = {}, {}

local threads = {}
met, sent, sample, sample_file = 0, 0, {}, ""  -- read by `done`, so they are global

local function split(line)
  local fields = {}
  for field in (line .. "\t"):gmatch("([^\t]*)\t") do fields[#fields + 1] = field end
  return fields
end

-- A body as the texts between its slots; a slot is a mark with the name of a list of values.
local function template(token, body)
  local parts, names, length, from = {}, {}, 0, 1
  while true do
    local first, last, name = body:find('"@([%w_.]+)@"', from)
    local id_first, id_last = body:find(ID, from, true)
    if id_first and (not first or id_first < first) then first, last, name = id_first, id_last, ID end
    parts[#parts + 1] = body:sub(from, (first or 0) - 1)
    length = length + #parts[#parts]
    if not first then break end
    names[#names + 1], from = name, last + 1
    if name == ID then length = length + #ID end
  end
  local head = string.format("POST %s HTTP/1.1\r\n", wrk.path)
  for name, value in pairs(wrk.headers) do
    if not (name == "Authorization" and token ~= "") then head = head .. name .. ": " .. value .. "\r\n" end
  end
  if token ~= "" then head = head .. "Authorization: Bearer " .. token .. "\r\n" end
  return {token = token, head = head .. "Content-Length: ", parts = parts, names = names, length = length}
end

function setup(thread)
  threads[#threads + 1] = thread
end

function init(args)
  share, start, sample_file = tonumber(args[2]), tonumber(args[4]), args[5]
  id = args[3] .. "%0" .. (#ID - #args[3]) .. "d"
  wrk.headers["Content-Type"] = "application/json"
  for line in io.lines(args[1]) do
    local fields = split(line)
    local kind, name = fields[1], fields[2]
    if kind == "known" then known[#known + 1] = template(name, fields[3])
    elseif kind == "new" then new[#new + 1] = template(name, fields[3])
    elseif kind == "order" then
      orders[name] = {}
      for place in fields[3]:gmatch("%d+") do table.insert(orders[name], tonumber(place)) end
    elseif kind == "calls a day" then calls_a_day = tonumber(name)
    else
      local values = {name = name}
      for place = 3, #fields do values[#values + 1] = fields[place] end
      slots[#slots + 1], slots[name] = values, values
      combinations = combinations * #values
    end
  end
end

local function assemble(kind, value_of)
  local length, used = kind.length, 0
  for place, name in ipairs(kind.names) do
    local value = name == ID and id:format(count) or value_of[name]
    if name ~= ID then length = length + #value end
    buffer[used + 1], buffer[used + 2], used = kind.parts[place], value, used + 2
  end
  buffer[used + 1] = kind.parts[#kind.parts]
  local body = table.concat(buffer, "", 1, used + 1)
  if count % SAMPLE_EVERY == 1 and #sample < SAMPLE_MOST then sample[#sample + 1] = kind.token .. "\t" .. body end
  return kind.head .. length .. "\r\n\r\n" .. body
end

local chosen = {}

-- The digits of a number that visits every combination once before any of them comes again.
local function choose_combination(number)
  local rest = (math.floor(number / #new) * STRIDE) % combinations
  for _, values in ipairs(slots) do
    chosen[values.name] = values[rest % #values + 1]
    rest = math.floor(rest / #values)
  end
  return new[number % #new + 1]
end

-- What an office sends: a day after the other, and on each day by the frequencies in the orders.
local function choose_as_office(number)
  local day = math.floor(number / calls_a_day)
  local key = day
  for name, order in pairs(orders) do
    local place = order[number % #order + 1]
    key = key * 1000 + place
    if name ~= "request" then chosen[name] = slots[name][place] end
  end
  chosen.day = slots.day[day % #slots.day + 1]
  if seen[key] then met = met + 1 else seen[key] = true end
  return new[orders.request[number % #orders.request + 1]]
end

function request()
  count = count + 1
  sent = count
  if not share then return assemble(choose_as_office(start + count), chosen) end
  due = due + share
  if due >= 1 - 1e-9 then
    due, met, position = due - 1, met + 1, position % #known + 1
    return assemble(known[position], chosen)
  end
  return assemble(choose_combination(start + count), chosen)
end

function done(summary, latency)
  local errors, thread = summary.errors, threads[1]  -- the load has one thread
  local sent_in_all, out = thread:get("sent"), assert(io.open(thread:get("sample_file"), "w"))
  for _, line in ipairs(thread:get("sample")) do out:write(line, "\n") end
  out:close()
  io.write(string.format(
    '{"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "max": %d, "refused": %d, "broken": %d, ' ..
    '"sent": %d, "met": %.4f}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    sent_in_all, thread:get("met") / math.max(1, sent_in_all)))
end
