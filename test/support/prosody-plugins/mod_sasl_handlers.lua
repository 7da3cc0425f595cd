-- Lets other modules add to the ways in which a host lets users log in: fires "sasl-handler" on the host, with `session` and
-- `handler`, for every SASL handler that the host's authentication provider makes.

local users = prosody.hosts[module.host].users;
local make_handler = users.get_sasl_handler;

function users.get_sasl_handler(session, ...)
	local handler = make_handler(session, ...);
	module:fire_event("sasl-handler", { session = session, handler = handler });
	return handler;
end

function module.unload()
	users.get_sasl_handler = make_handler;
end
