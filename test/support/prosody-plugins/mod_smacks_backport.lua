-- Gives mod_smacks of Prosody 0.12 the functions by which mod_sasl2_sm enables and resumes streams inline (XEP-0198 §9): it
-- has only those that handle an element and answer it on the stream.

local jid_join = require "util.jid".join;

local xmlns_sm = "urn:xmpp:sm:3";
local smacks = module:depends("smacks");
local resumable_sessions = module:shared("/*/smacks/resumption-tokens");

-- Lets a handler of mod_smacks run. Answers what it sent, which has not gone out, and the function that would have sent it. In
-- its place is a table that can be called, since mod_smacks sets fields on it (upvalues, where it is a function).
local function collect(session, handle, element)
	local sent, send = {}, session.send;
	session.send = setmetatable({}, { __call = function (_, stanza) table.insert(sent, stanza); return true; end });
	handle(session, element, xmlns_sm);
	return sent, send;
end

function smacks.do_enable(session, element)
	local sent, send = collect(session, smacks.handle_enable, element);
	session.send = send;
	local answer = sent[1];
	if answer.name ~= "enabled" then return nil, { condition = "unexpected-request" }; end
	return { type = "enabled", id = answer.attr.id, resume_max = answer.attr.max, finish = function () end };
end

function smacks.do_resume(session, element)
	local original = resumable_sessions[jid_join(session.username, session.host, element.attr.previd)];
	local sent, send = collect(session, smacks.handle_resume, element);
	local answer = sent[1];
	if answer.name ~= "resumed" then
		session.send = send;
		return nil, { condition = "item-not-found", context = { h = tonumber(answer.attr.h) } };
	end
	original.send = send;
	-- What the modules of SASL2 noted on the session that ends here, and look for on the one that goes on.
	original.client_id = session.client_id;
	original.sasl_handler = session.sasl_handler;
	original.fast_token_request = session.fast_token_request;
	local function resend()
		-- Else they would be counted a second time.
		original.resending_unacked = true;
		for i = 2, #sent do original.send(sent[i]); end
		original.resending_unacked = nil;
	end
	return { type = "resumed", id = element.attr.previd, session = original, finish = resend };
end
