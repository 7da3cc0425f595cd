-- Prosody 0.12 binds to tls-unique alone, and so to nothing on TLS 1.3. This adds tls-exporter (RFC 9266) and
-- tls-server-end-point (RFC 5929 §4), and the list of what there is (XEP-0440).

local ssl = require "ssl";
local hex_decode = require "util.hex".decode;
local register_mechanism = require "util.sasl".registerMechanism;

module:depends("sasl_handlers");

-- SCRAM registers its -PLUS mechanisms for tls-unique alone. A second registration takes the place of the first.
require "util.sasl.scram".init(function (name, backends, process, bindings)
	register_mechanism(name, backends, process, bindings and { "tls-unique", "tls-exporter", "tls-server-end-point" });
end);

-- The hash that the certificate is signed with, but no weaker one than SHA-256 (RFC 5929 §4.1).
local function certificate_hash()
	local file = assert(io.open(module:get_option("ssl").certificate));
	local certificate = assert(ssl.loadcertificate(file:read("*a")));
	file:close();
	local bits = certificate:getsignaturename():upper():match("SHA(%d+)$");
	return hex_decode(certificate:digest((bits == "384" or bits == "512") and "sha"..bits or "sha256"));
end

local end_point = certificate_hash();

-- Functions that give the value of each binding on the session's connection, by type.
local function bindings_of(session)
	local socket = session.conn:socket();
	local bindings = { ["tls-server-end-point"] = function () return end_point; end };
	if socket:info("protocol") == "TLSv1.3" then
		bindings["tls-exporter"] = function ()
			return socket:exportkeyingmaterial("EXPORTER-Channel-Binding", 32, "");
		end
	else
		bindings["tls-unique"] = function () return socket:getpeerfinished(); end
	end
	return bindings;
end

module:hook("sasl-handler", function (event)
	if not event.session.encrypted then return; end
	for name, value in pairs(bindings_of(event.session)) do
		event.handler:add_cb_handler(name, value);
	end
end);

module:hook("stream-features", function (event)
	local session = event.origin;
	if session.type ~= "c2s_unauthed" or not session.encrypted then return; end
	local list = event.features:tag("sasl-channel-binding", { xmlns = "urn:xmpp:sasl-cb:0" });
	for name in pairs(bindings_of(session)) do
		list:tag("channel-binding", { type = name }):up();
	end
	list:up();
end, -1);
