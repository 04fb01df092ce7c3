-- Who gets a case hears of the places it waits for.
grant update (user_account_id) on waiting_entry to sojus_app;
