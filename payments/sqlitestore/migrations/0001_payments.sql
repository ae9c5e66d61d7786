-- Amounts are digits in TEXT, instants whole milliseconds since 1970 (NULL: none),
-- hashes and addresses lower-case hex. STRICT refuses anything else.

CREATE TABLE cointill_stamp (
	id   INTEGER PRIMARY KEY CHECK (id = 1),
	kind TEXT NOT NULL
) STRICT;

CREATE TABLE cointill_accounts (
	profile   TEXT NOT NULL,
	account   TEXT NOT NULL,
	currency  TEXT NOT NULL,
	opened_at INTEGER,
	carry     TEXT NOT NULL,
	version   INTEGER NOT NULL,
	PRIMARY KEY (profile, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE cointill_terms (
	profile     TEXT NOT NULL,
	version     TEXT NOT NULL,
	accepted_at INTEGER,
	PRIMARY KEY (profile, version)
) STRICT, WITHOUT ROWID;

-- The lowest leaf of each wallet key that was never reserved.
CREATE TABLE cointill_counters (
	wallet_key TEXT PRIMARY KEY,
	next_leaf  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cointill_addresses (
	family     TEXT NOT NULL,
	raw        TEXT NOT NULL,
	wallet_key TEXT NOT NULL,
	leaf       INTEGER NOT NULL,
	profile    TEXT NOT NULL,
	account    TEXT NOT NULL,
	issued_at  INTEGER,
	PRIMARY KEY (family, raw),
	UNIQUE (profile, account, family)
) STRICT, WITHOUT ROWID;

-- The tip of each network's trail: the row a step compares and sets.
CREATE TABLE cointill_trails (
	network    TEXT PRIMARY KEY,
	height     INTEGER NOT NULL,
	hash       TEXT NOT NULL,
	thin_below INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cointill_anchors (
	network TEXT NOT NULL,
	height  INTEGER NOT NULL,
	hash    TEXT NOT NULL,
	parent  TEXT NOT NULL,
	time    INTEGER,
	PRIMARY KEY (network, height)
) STRICT, WITHOUT ROWID;

CREATE TABLE cointill_progress (
	network    TEXT PRIMARY KEY,
	live_at    INTEGER,
	halted     TEXT NOT NULL,
	audited_to INTEGER NOT NULL,
	backfills  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cointill_deposits (
	network           TEXT NOT NULL,
	id                TEXT NOT NULL,
	txid              TEXT NOT NULL,
	to_family         TEXT NOT NULL,
	to_raw            TEXT NOT NULL,
	amount_asset      TEXT NOT NULL,
	amount_decimals   INTEGER NOT NULL,
	amount            TEXT NOT NULL,
	from_family       TEXT NOT NULL,
	from_raw          TEXT NOT NULL,
	origin            TEXT NOT NULL,
	profile           TEXT NOT NULL,
	account           TEXT NOT NULL,
	state             TEXT NOT NULL,
	hold              TEXT NOT NULL,
	inputs            TEXT NOT NULL,
	block_height      INTEGER NOT NULL,
	block_hash        TEXT NOT NULL,
	block_parent      TEXT NOT NULL,
	block_time        INTEGER,
	seen_at           INTEGER,
	seen_live         INTEGER NOT NULL,
	live_before       INTEGER,
	included_at       INTEGER,
	first_height      INTEGER NOT NULL,
	first_hash        TEXT NOT NULL,
	first_parent      TEXT NOT NULL,
	first_time        INTEGER,
	received_at       INTEGER,
	basis             TEXT NOT NULL,
	also_at           TEXT NOT NULL,
	rate              TEXT NOT NULL,
	currency          TEXT NOT NULL,
	snapshot          TEXT NOT NULL,
	exact             TEXT NOT NULL,
	agreed            TEXT NOT NULL,
	spent             TEXT NOT NULL,
	screened          INTEGER NOT NULL,
	incarnation       INTEGER NOT NULL,
	credited_asset    TEXT NOT NULL,
	credited_decimals INTEGER NOT NULL,
	credited          TEXT NOT NULL,
	credited_at       INTEGER,
	missing_since     INTEGER,
	changes           INTEGER NOT NULL,
	version           INTEGER NOT NULL,
	PRIMARY KEY (network, id)
) STRICT;

-- What a step asks for: the few deposits that are not settled for good.
CREATE INDEX cointill_deposits_by_state ON cointill_deposits (network, state, id)
	WHERE state <> 'final';
CREATE INDEX cointill_deposits_by_txid ON cointill_deposits (txid, network, id);
CREATE INDEX cointill_deposits_by_owner ON cointill_deposits (profile, account);
CREATE INDEX cointill_deposits_unvalued ON cointill_deposits (network, id)
	WHERE received_at IS NOT NULL AND rate = '';
CREATE INDEX cointill_deposits_unscreened ON cointill_deposits (network, id)
	WHERE screened = 0 AND hold = '' AND (profile <> '' OR account <> '');
CREATE INDEX cointill_deposits_held ON cointill_deposits (network, id)
	WHERE hold <> '';
CREATE INDEX cointill_deposits_by_height ON cointill_deposits (network, block_height)
	WHERE block_hash <> '';
CREATE INDEX cointill_deposits_by_credit ON cointill_deposits (network, credited_at)
	WHERE credited_at IS NOT NULL;
CREATE INDEX cointill_deposits_by_address ON cointill_deposits (to_raw, to_family);
-- In the order of keys, so that a page of many coins is read without sorting them
-- all; the height is there to be compared.
CREATE INDEX cointill_deposits_unspent ON cointill_deposits (network, id, block_height)
	WHERE block_hash <> '' AND spent = '';

CREATE TABLE cointill_spends (
	network         TEXT NOT NULL,
	id              TEXT NOT NULL,
	kind            TEXT NOT NULL,
	txid            TEXT NOT NULL,
	from_family     TEXT NOT NULL,
	from_raw        TEXT NOT NULL,
	to_family       TEXT NOT NULL,
	to_raw          TEXT NOT NULL,
	amount_asset    TEXT NOT NULL,
	amount_decimals INTEGER NOT NULL,
	amount          TEXT NOT NULL,
	outpoint_txid   TEXT NOT NULL,
	outpoint_vout   INTEGER NOT NULL,
	place           TEXT NOT NULL,
	block_height    INTEGER NOT NULL,
	block_hash      TEXT NOT NULL,
	block_parent    TEXT NOT NULL,
	block_time      INTEGER,
	incarnation     INTEGER NOT NULL,
	booked          INTEGER NOT NULL,
	version         INTEGER NOT NULL,
	PRIMARY KEY (network, id)
) STRICT;

CREATE INDEX cointill_spends_by_txid ON cointill_spends (txid, network, id);
CREATE INDEX cointill_spends_by_address ON cointill_spends (from_raw, from_family);
CREATE INDEX cointill_spends_by_height ON cointill_spends (network, block_height)
	WHERE block_hash <> '';

CREATE TABLE cointill_hosted (
	id                TEXT NOT NULL PRIMARY KEY,
	profile           TEXT NOT NULL,
	account           TEXT NOT NULL,
	environment       TEXT NOT NULL,
	price_asset       TEXT NOT NULL,
	price_decimals    INTEGER NOT NULL,
	price             TEXT NOT NULL,
	state             TEXT NOT NULL,
	exception         TEXT NOT NULL,
	remote_id         TEXT NOT NULL,
	url               TEXT NOT NULL,
	return_url        TEXT NOT NULL,
	created_at        INTEGER,
	expires_at        INTEGER,
	remote_at         INTEGER,
	paid_at           INTEGER,
	coin              TEXT NOT NULL,
	coin_amount       TEXT NOT NULL,
	hold              TEXT NOT NULL,
	incarnation       INTEGER NOT NULL,
	credited_asset    TEXT NOT NULL,
	credited_decimals INTEGER NOT NULL,
	credited          TEXT NOT NULL,
	credited_at       INTEGER,
	fee_asset         TEXT NOT NULL,
	fee_decimals      INTEGER NOT NULL,
	fee               TEXT NOT NULL,
	-- A JSON list, '' for none; amounts in it are digits in text too.
	refunds           TEXT NOT NULL,
	cancel            INTEGER NOT NULL,
	problem           TEXT NOT NULL,
	poll_at           INTEGER,
	tries             INTEGER NOT NULL,
	changes           INTEGER NOT NULL,
	version           INTEGER NOT NULL
) STRICT;

-- Those still asked for, of all that ever were.
CREATE INDEX cointill_hosted_due ON cointill_hosted (poll_at) WHERE poll_at IS NOT NULL;
-- Not unique: BitPay gives the ids, and what it answers wrong is a problem of one
-- row, told by the engine, and must not fail a whole commit.
CREATE INDEX cointill_hosted_by_remote_id ON cointill_hosted (remote_id) WHERE remote_id <> '';
CREATE INDEX cointill_hosted_by_account ON cointill_hosted (profile, account, id);
CREATE INDEX cointill_hosted_by_state ON cointill_hosted (state, id);

CREATE TABLE cointill_invoices (
	number           TEXT NOT NULL PRIMARY KEY,
	profile          TEXT NOT NULL,
	issued_at        INTEGER,
	due_at           INTEGER,
	-- Lines, exceptions and seen_by are JSON lists, '' for none.
	lines            TEXT NOT NULL,
	total_asset      TEXT NOT NULL,
	total_decimals   INTEGER NOT NULL,
	total            TEXT NOT NULL,
	status           TEXT NOT NULL,
	exceptions       TEXT NOT NULL,
	paid_asset       TEXT NOT NULL,
	paid_decimals    INTEGER NOT NULL,
	paid             TEXT NOT NULL,
	pending_asset    TEXT NOT NULL,
	pending_decimals INTEGER NOT NULL,
	pending          TEXT NOT NULL,
	missing_asset    TEXT NOT NULL,
	missing_decimals INTEGER NOT NULL,
	missing          TEXT NOT NULL,
	surplus_asset    TEXT NOT NULL,
	surplus_decimals INTEGER NOT NULL,
	surplus          TEXT NOT NULL,
	seen_by          TEXT NOT NULL,
	created_at       INTEGER,
	changes          INTEGER NOT NULL,
	version          INTEGER NOT NULL
) STRICT;

CREATE INDEX cointill_invoices_by_profile ON cointill_invoices (profile, number);
CREATE INDEX cointill_invoices_by_status ON cointill_invoices (status, number);

CREATE TABLE cointill_entries (
	key       TEXT PRIMARY KEY,
	kind      TEXT NOT NULL,
	reference TEXT NOT NULL,
	at        INTEGER NOT NULL,
	digest    TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE cointill_postings (
	entry          TEXT NOT NULL,
	n              INTEGER NOT NULL,
	from_account   TEXT NOT NULL,
	to_account     TEXT NOT NULL,
	units_asset    TEXT NOT NULL,
	units_decimals INTEGER NOT NULL,
	units          TEXT NOT NULL,
	PRIMARY KEY (entry, n)
) STRICT, WITHOUT ROWID;

-- Which entries moved an account: statements, and balances that keep no row.
CREATE TABLE cointill_entry_accounts (
	account TEXT NOT NULL,
	at      INTEGER NOT NULL,
	entry   TEXT NOT NULL,
	PRIMARY KEY (account, at, entry)
) STRICT, WITHOUT ROWID;

CREATE TABLE cointill_balances (
	account        TEXT NOT NULL,
	units_asset    TEXT NOT NULL,
	units_decimals INTEGER NOT NULL,
	units          TEXT NOT NULL,
	PRIMARY KEY (account, units_asset, units_decimals)
) STRICT, WITHOUT ROWID;

CREATE TABLE cointill_snapshots (
	id    TEXT PRIMARY KEY,
	pair  TEXT NOT NULL,
	rate  TEXT NOT NULL,
	as_of INTEGER NOT NULL,
	body  TEXT NOT NULL
) STRICT;

CREATE TABLE cointill_points (
	coin     TEXT NOT NULL,
	currency TEXT NOT NULL,
	candle   INTEGER NOT NULL,
	as_of    INTEGER NOT NULL,
	rate     TEXT NOT NULL,
	snapshot TEXT NOT NULL,
	PRIMARY KEY (coin, currency, as_of, candle)
) STRICT, WITHOUT ROWID;

-- From which millisecond on a pair takes live points.
CREATE TABLE cointill_pairs (
	coin      TEXT NOT NULL,
	currency  TEXT NOT NULL,
	next_live INTEGER NOT NULL,
	PRIMARY KEY (coin, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE cointill_events (
	seq          INTEGER PRIMARY KEY AUTOINCREMENT,
	id           TEXT NOT NULL UNIQUE,
	kind         TEXT NOT NULL,
	subject      TEXT NOT NULL,
	order_key    TEXT NOT NULL,
	profile      TEXT NOT NULL,
	at           INTEGER,
	data         TEXT NOT NULL,
	tries        INTEGER NOT NULL DEFAULT 0,
	next_at      INTEGER,
	delivered_at INTEGER,
	parked       INTEGER NOT NULL DEFAULT 0,
	-- 1 while neither delivered nor parked.
	waiting      INTEGER NOT NULL DEFAULT 1,
	version      INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE INDEX cointill_events_waiting ON cointill_events (seq) WHERE waiting = 1;
CREATE INDEX cointill_events_by_order ON cointill_events (order_key, seq) WHERE waiting = 1;
CREATE INDEX cointill_events_parked ON cointill_events (seq) WHERE parked = 1;
CREATE INDEX cointill_events_by_subject ON cointill_events (subject, seq);

CREATE TABLE cointill_audit (
	id      TEXT PRIMARY KEY,
	subject TEXT NOT NULL,
	action  TEXT NOT NULL,
	actor   TEXT NOT NULL,
	reason  TEXT NOT NULL,
	at      INTEGER,
	data    TEXT NOT NULL
) STRICT;

CREATE INDEX cointill_audit_by_subject ON cointill_audit (subject, at, id);
