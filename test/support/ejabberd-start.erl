%% Expressions, not a module: what Erlang evaluates in the folder of an ejabberd for tests to start it.
%% Ends it properly when its standard input ends, also when the one who started it has died without saying so. Erlang's own
%% init:stop() takes a second more.
spawn(fun() ->
    io:get_line(""),
    application:stop(ejabberd),
    application:stop(mnesia),
    halt(0)
end).

{ok, _} = application:ensure_all_started(ejabberd).

{ok, Accounts} = file:consult("accounts.term").
[ejabberd_auth:try_register(User, Domain, Password) || {User, Domain, Password} <- Accounts].

io:format(standard_error, "ready~n", []).
