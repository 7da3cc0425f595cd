-- SASL2 (XEP-0388), Bind 2 (XEP-0386), inline stream management and FAST (XEP-0484) by the community's modules of February
-- 2023. They were written for what became Prosody 13; this mends what 0.12 does otherwise, and what they do wrong.

local datetime = require "util.datetime";
local errors_xmlns = "urn:ietf:params:xml:ns:xmpp-stanzas";
local stanza_methods = require "util.stanza".stanza_mt;

-- FAST counts time in fractions of a second, and Lua 5.4 formats whole ones only.
local format_datetime = datetime.datetime;
function datetime.datetime(time)
	return format_datetime(time and math.floor(time));
end

-- Methods of stanzas that came later.
function stanza_methods:get_child_attr(name, xmlns, attribute)
	local child = self:get_child(name, xmlns);
	return child and child.attr[attribute];
end

function stanza_methods:add_error(error)
	return self:tag(error.condition, { xmlns = errors_xmlns }):up();
end

-- Methods of connections that came later; there is no way to their class but through a connection.
local function complete(connection)
	local class = getmetatable(connection).__index;
	function class:ssl_info() return self:socket():info(); end
	function class:ssl_peerfinished() return self:socket():getpeerfinished(); end
	function class:ssl_exportkeyingmaterial(...) return self:socket():exportkeyingmaterial(...); end
	complete = function () end
end

-- FAST is offered to those who say in the stream header who they are, which 0.12 does not tell. So it is offered to all.
module:hook("stream-features", function (event)
	if event.origin.encrypted then complete(event.origin.conn); end
	event.stream = event.stream or { from = "somebody@"..module.host };
end, 1000);

module:depends("channel_bindings");
module:depends("smacks_backport");
module:depends("sasl2");
module:depends("sasl2_bind2");
module:depends("sasl2_sm");
module:depends("sasl2_fast");

-- A handler is good for one attempt, yet sasl2 keeps it: after a token was refused, no password would be asked for.
module:hook("sasl2/c2s/failure", function (event)
	event.session.sasl_handler = nil;
end, 1);

-- 0.12 takes larger stanzas from this event on, which sasl2 does not fire.
module:hook("sasl2/c2s/success", function (event)
	module:fire_event("authentication-success", { session = event.session });
end, 900);

-- 0.12 offers to bind a resource to everybody who is authenticated, also to those who bound one inline.
module:hook("stream-features", function (event)
	if not event.origin.full_jid then return; end
	event.features:maptags(function (tag)
		local xmlns = tag.attr.xmlns;
		local binds = xmlns == "urn:ietf:params:xml:ns:xmpp-bind" or xmlns == "urn:ietf:params:xml:ns:xmpp-session";
		return not binds and tag or nil;
	end);
end, -1000);
