-- Tells whoever started this Prosody that all ports are open, and ends it properly when its standard input ends, also when
-- the one who started it has died without saying so.

module:set_global();

local server = require "net.server";
local input;

local function close_input()
	if input then input:close(); end
	input = nil;
end

module:hook("server-started", function ()
	module:add_timer(0.001, function ()
		input = server.watchfd(0, function ()
			close_input();
			-- As for a signal: who hears of the end waits for sessions to close, which only this thread can.
			prosody.main_thread:run(function () prosody.shutdown("standard input has ended"); end);
		end);
		io.stderr:write("ready\n");
	end);
end);

module:hook("server-stopping", close_input);
