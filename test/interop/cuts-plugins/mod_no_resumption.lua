-- Takes up no session again. Says how many stanzas it handled (XEP-0198 §6), unless it is told to keep that to itself.

local jid = require "util.jid";
local st = require "util.stanza";

local xmlns_sm = "urn:xmpp:sm:3";
local xmlns_errors = "urn:ietf:params:xml:ns:xmpp-stanzas";
local tells_count = module:get_option_boolean("no_resumption_tells_count", true);
local sessions = module:shared "/*/smacks/resumption-tokens";
-- Who did not hear the answer asks again.
local counts = {};

module:hook_tag(xmlns_sm, "resume", function (session, resume)
	local id = resume.attr.previd;
	local lost = sessions[jid.join(session.username, session.host, id)];
	if lost then
		counts[id] = ("%d"):format(lost.handled_stanza_count);
		-- From here on nothing counts that may still come over the old connection.
		lost:close();
	end
	local h = tells_count and counts[id] or nil;
	session.send(st.stanza("failed", { xmlns = xmlns_sm; h = h }):tag("item-not-found", { xmlns = xmlns_errors }));
	return true;
end, 10);
