-- Offers EXTERNAL beside the host's other mechanisms to clients with a certificate of an authority that this server trusts
-- (XEP-0178 §3). mod_auth_ccert of the community reads such certificates, but as a host's authentication provider it would
-- leave no other way in.

local certificates = module:depends("auth_ccert");

module:depends("sasl_handlers");

module:hook("sasl-handler", function (event)
	local session, handler = event.session, event.handler;
	if not session.encrypted then return; end
	local socket = session.conn:socket();
	if not (socket:getpeercertificate() and socket:getpeerverification()) then return; end
	handler.profile.external = certificates.get_sasl_handler(session).profile.external;
	handler.mechs.EXTERNAL = true;
end);
