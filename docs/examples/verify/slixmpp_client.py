# xstate-xmpp verify client -- python3 docs/examples/verify/slixmpp_client.py
import asyncio
import os
import signal

from slixmpp import ClientXMPP

ADDRESS = (os.environ["XMPP_HOST"], int(os.environ["XMPP_PORT"]))

xmpp = ClientXMPP(os.environ["XMPP_JID"], os.environ["XMPP_PASSWORD"])
xmpp.ca_certs = os.environ["XMPP_CA"]
xmpp.register_plugin("xep_0198")
had_session = False


def online(_):
    global had_session
    had_session = True
    print(f"online {xmpp.boundjid}", flush=True)


def offline(reason):
    print(f"offline {reason}", flush=True)
    if had_session:
        xmpp.connect(ADDRESS)


async def stop():
    xmpp.del_event_handler("disconnected", offline)
    await xmpp.disconnect()
    xmpp.loop.stop()


xmpp.add_event_handler("session_start", online)
xmpp.add_event_handler("session_resumed", online)
xmpp.add_event_handler("disconnected", offline)
xmpp.loop.add_signal_handler(signal.SIGTERM, lambda: asyncio.ensure_future(stop()))
xmpp.connect(ADDRESS)
xmpp.loop.run_forever()
