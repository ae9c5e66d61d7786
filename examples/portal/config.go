package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"time"
)

// config is what flags and environment say. The zero values of the node fields
// mean the simulation.
type config struct {
	addr  string
	db    string
	block time.Duration // 0: blocks come only when asked for
	rates string
	log   *slog.Logger

	bitcoin, ethereum node
	bitcoinNetwork    string
	bitcoinScheme     int
	unproved          bool
	bitpay            bitpayFlags
}

// node is where a real network is read, and whose addresses are given out.
type node struct {
	url, user, password string
	key                 string // extended public key of an account
	proof               string // signature by leaf 0
}

func (c config) real() bool { return c.bitcoin.url != "" || c.ethereum.url != "" }

const usage = `Usage: portal [flags]

Without a node it simulates Bitcoin, Ethereum and BitPay. With -bitcoin-rpc or
-ethereum-rpc the same program takes real payments. Environment variables stand
for flags not given: BITCOIN_RPC, BITCOIN_XPUB, BITCOIN_PROOF, ETHEREUM_RPC,
ETHEREUM_XPUB, ETHEREUM_PROOF. User and password of the Bitcoin node come from
BITCOIN_RPC_USER and BITCOIN_RPC_PASSWORD only, never from a flag.

With -bitpay-env the real BitPay is offered, its API token in BITPAY_TOKEN and,
for a merchant token, the key it was paired with in BITPAY_KEY (64 hexadecimal
characters, or a file that holds them); neither is ever a flag.

`

// parseConfig reads the flags; getenv gives their defaults.
func parseConfig(args []string, getenv func(string) string, out io.Writer) (config, error) {
	c := config{log: slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	f := flag.NewFlagSet("portal", flag.ContinueOnError)
	f.SetOutput(out)
	f.Usage = func() { fmt.Fprint(out, usage); f.PrintDefaults() }
	f.StringVar(&c.addr, "addr", "127.0.0.1:8080", "loopback `address`; the next free port if taken")
	f.StringVar(&c.db, "db", "", "SQLite `file`; empty: a fresh one, removed at the end (simulation only)")
	f.DurationVar(&c.block, "block", 2*time.Second, "pause between simulated blocks while a payment waits; 0: none by themselves")
	f.StringVar(&c.bitcoin.url, "bitcoin-rpc", getenv("BITCOIN_RPC"), "`URL` of a Bitcoin Core or btcd node")
	f.StringVar(&c.bitcoin.key, "bitcoin-xpub", getenv("BITCOIN_XPUB"), "extended public `key` of the Bitcoin account")
	f.IntVar(&c.bitcoinScheme, "bitcoin-scheme", 84, "kind of addresses: 44, 49, 84 or 86, as in BIP44 and so on")
	f.StringVar(&c.bitcoinNetwork, "bitcoin-network", "mainnet", "mainnet or regtest")
	f.StringVar(&c.bitcoin.proof, "bitcoin-proof", getenv("BITCOIN_PROOF"), "`signature` that proves the Bitcoin account is yours; without it the portal says what to sign")
	f.StringVar(&c.ethereum.url, "ethereum-rpc", getenv("ETHEREUM_RPC"), "`URL` of an Ethereum node")
	f.StringVar(&c.ethereum.key, "ethereum-xpub", getenv("ETHEREUM_XPUB"), "extended public `key` of the Ethereum account")
	f.StringVar(&c.ethereum.proof, "ethereum-proof", getenv("ETHEREUM_PROOF"), "`signature` that proves the Ethereum account is yours")
	f.BoolVar(&c.unproved, "unproved-key", false, "give out addresses of keys nobody proved; a mistyped key then loses every payment")
	f.StringVar(&c.rates, "rates", "kraken", "price source with real nodes: kraken")
	f.StringVar(&c.bitpay.env, "bitpay-env", "", "BitPay's `environment`: test or production; empty: simulated with simulated networks, none with real ones")
	f.StringVar(&c.bitpay.notify, "bitpay-notify", "", "https `URL` at which BitPay reaches this portal; without it payments are found some minutes later")
	if err := f.Parse(args); err != nil {
		return c, err
	}
	if err := c.bitpay.readSecrets(getenv); err != nil {
		return c, err
	}
	c.bitcoin.user, c.bitcoin.password = getenv("BITCOIN_RPC_USER"), getenv("BITCOIN_RPC_PASSWORD")
	return c, c.check(f.Args())
}

func (c config) check(rest []string) error {
	var errs []error
	complain := func(bad bool, text string) {
		if bad {
			errs = append(errs, errors.New("portal: "+text))
		}
	}
	complain(len(rest) > 0, fmt.Sprintf("unexpected %q; see -help", rest))
	complain(c.block < 0, "-block must not be negative")
	complain(c.bitcoin.url != "" && c.bitcoin.key == "", "-bitcoin-rpc needs -bitcoin-xpub")
	complain(c.ethereum.url != "" && c.ethereum.key == "", "-ethereum-rpc needs -ethereum-xpub")
	complain(!c.real() && c.bitcoin.key+c.ethereum.key != "", "an extended key needs its node: -bitcoin-rpc or -ethereum-rpc")
	complain(c.real() && c.db == "", "real payments need a file that stays: -db portal.db")
	complain(!c.real() && c.db != "", "simulated chains end with the program and so do their books; leave -db out")
	complain(c.bitcoinNetwork != "mainnet" && c.bitcoinNetwork != "regtest", "-bitcoin-network is mainnet or regtest")
	complain(c.rates != "kraken", "-rates is kraken")
	c.checkBitPay(complain)
	return errors.Join(errs...)
}
