-- Offers OAUTHBEARER (RFC 7628) beside the host's other mechanisms. `oauth_tokens` says whose account a token is good for;
-- any other token is one that has expired or was revoked. mod_auth_oauthbearer of the community asks a web service about
-- tokens, leaves no other way in, and does not say why it refuses one.

local jid_prepped_split = require "util.jid".prepped_split;
local json_encode = require "util.json".encode;
local register_mechanism = require "util.sasl".registerMechanism;

local tokens = module:get_option("oauth_tokens", {});

module:depends("sasl_handlers");

-- The client answers this challenge with an empty message, and only then hears that it failed (RFC 7628 §3.2.3).
local function refuse(handler)
	handler.oauth_refused = true;
	return "challenge", json_encode({ status = "invalid_token", scope = "xmpp" });
end

register_mechanism("OAUTHBEARER", { "oauth_account" }, function (handler, message)
	if handler.oauth_refused then return "failure", "not-authorized"; end
	local authzid, pairs = (message or ""):match("^n,([^,]*)(,\1.*\1)\1$");
	if not authzid then return "failure", "malformed-request"; end
	local token = pairs:match("\1auth=[Bb]earer ([^\1]+)\1");
	local account = handler.profile.oauth_account(token);
	if not account then return refuse(handler); end
	if authzid ~= "" then
		local username, host = jid_prepped_split(authzid:sub(3));
		if username ~= account or host ~= handler.realm then return "failure", "invalid-authzid"; end
	end
	handler.username = account;
	return "success";
end);

module:hook("sasl-handler", function (event)
	event.handler.profile.oauth_account = function (token) return token and tokens[token]; end
	event.handler.mechs.OAUTHBEARER = true;
end);
