package e2e_test

import (
	"encoding/hex"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"
	"github.com/btcsuite/btcd/btcutil/v2/hdkeychain"
	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/address"
	"github.com/cointill/cointill/chain/hd"
	"github.com/cointill/cointill/internal/e2e/btcdnode"
	"github.com/cointill/cointill/internal/e2e/electrum"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

// A wallet of other people derives, from the key a merchant exports, the very
// addresses that the library gives out.
func TestARealWalletDerivesTheSameAddresses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		network chain.Network
		scheme  hd.Scheme
		key     string
		options []string
	}{
		"zpub": {chain.Bitcoin, hd.BIP84, "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs", nil},
		"ypub": {chain.Bitcoin, hd.BIP49, "ypub6Ww3ibxVfGzLrAH1PNcjyAWenMTbbAosGNB6VvmSEgytSER9azLDWCxoJwW7Ke7icmizBMXrzBx9979FfaHxHcrArf3zbeJJJUZPf663zsP", nil},
		"xpub": {chain.Bitcoin, hd.BIP44, "xpub6BosfCnifzxcFwrSzQiqu2DBVTshkCXacvNsWGYJVVhhawA7d4R5WSWGFNbi8Aw6ZRc1brxMyWMzG3DSSSSoekkudhUd9yLb6qx39T9nMdj", nil},
		"vpub": {chain.BitcoinRegtest, hd.BIP84, bitcoinKey, []string{"--regtest"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			theirs := electrum.Restore(t, c.key, c.options...).Addresses()
			ours, err := hd.OpenWallet(c.network, c.scheme, c.key)
			require.NoError(t, err)
			leaves, err := ours.Leaves(0, len(theirs))
			require.NoError(t, err)
			for i, leaf := range leaves {
				require.Equal(t, theirs[i], leaf.Text, "leaf %d", i)
			}
		})
	}
}

// What a customer scans says the same to a real wallet as to us.
func TestARealWalletReadsOurURIAndOurQR(t *testing.T) {
	t.Parallel()
	w, err := hd.OpenWallet(chain.Bitcoin, hd.BIP84, "zpub6rFR7y4Q2AijBEqTUquhVz398htDFrtymD9xYYfG1m4wAcvPhXNfE3EfH1r1ADqtfSdVCToUG868RvUUkgDKf31mGDtKsAYz2oz2AGutZYs")
	require.NoError(t, err)
	leaves, err := w.Leaves(0, 1)
	require.NoError(t, err)
	for coins, satoshi := range map[string]int64{"0.01234567": 1_234_567, "0.00000294": 294, "20999999.9769": 2_099_999_997_690_000, "0.1": 10_000_000, "0": 0} {
		uri, err := address.URI(chain.Bitcoin, leaves[0].Address, amount(t, chain.Bitcoin.Native, coins))
		require.NoError(t, err)
		got := electrum.ReadURI(t, scanned(t, uri))
		require.Equal(t, leaves[0].Text, got.Address)
		require.Equal(t, satoshi, got.Amount, "%s", uri)
	}
	_, err = address.URI(chain.Bitcoin, leaves[0].Address, money.Units(chain.Bitcoin.Native, 293))
	require.ErrorIs(t, err, address.ErrAmount, "dust, which no wallet pays")
}

// scanned draws a QR code and reads it with another program.
func scanned(t *testing.T, text string) string {
	t.Helper()
	code, err := qr.Encode(text, qr.M, qr.Auto)
	require.NoError(t, err)
	side := code.Bounds().Dx() * 6
	code, err = barcode.Scale(code, side, side)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "qr.png")
	f, err := os.Create(file)
	require.NoError(t, err)
	require.NoError(t, png.Encode(f, code))
	require.NoError(t, f.Close())
	out, err := exec.Command("zbarimg", "--quiet", "--raw", file).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// A merchant's wallet proves its key, a customer's wallet pays, both offline;
// what was received can be spent by the merchant's wallet, and by nobody else.
func TestARealWalletPaysAndAnotherOwnsWhatArrived(t *testing.T) {
	t.Parallel()
	merchant := electrum.Restore(t, accountPrivateKey(t, 84), "--regtest")
	require.Equal(t, bitcoinKey, merchant.Key(), "the wallet's key is the one the library has")
	node := newBitcoin(t)
	customer := electrum.Create(t)
	cold, err := address.Parse(node.network(), customer.Addresses()[1])
	require.NoError(t, err)
	h := newHost(t, node, func(c *payments.Config) {
		c.Rails[0].UnprovedKey = false
		c.Rails[0].Treasury = []payments.Treasury{{Name: "cold", Address: cold}}
	})

	_, err = h.p.DepositAddress(h.ctx, voice, node.network())
	require.ErrorIs(t, err, payments.ErrUnproved)
	message, err := h.p.ProofMessage(node.network())
	require.NoError(t, err)
	signature := merchant.Sign(merchant.Addresses()[0], message)
	require.NoError(t, h.p.Prove(h.ctx, node.network(), signature, payments.Actor{ID: "treasurer", Reason: "set-up"}))
	given, err := h.p.DepositAddress(h.ctx, voice, node.network())
	require.NoError(t, err)
	require.Contains(t, merchant.Addresses(), given.Text)
	h.advance()

	purse, err := address.Parse(node.network(), customer.Addresses()[0])
	require.NoError(t, err)
	funding := node.Pay(node.output(purse, amount(t, node.asset(), "0.5")))
	node.Mine(1)
	customer.Learn(rawHex(t, funding))
	var id string
	node.Call(&id, "sendrawtransaction", customer.Pay(given.Text, "0.01234567"))
	h.advance()
	require.Equal(t, payments.StateSeen, h.only(voice).State)
	require.Equal(t, id, h.only(voice).TxID.String())
	h.mine(6)
	require.Equal(t, payments.StateCredited, h.only(voice).State)
	require.Equal(t, "740.74", h.balance(voice))

	var paid string
	node.Call(&paid, "getrawtransaction", id)
	merchant.Learn(paid)
	var sent string
	node.Call(&sent, "sendrawtransaction", merchant.Pay(customer.Addresses()[1], "!"))
	swept, err := chain.ParseHash(sent)
	require.NoError(t, err)
	h.mine(1)
	require.Empty(t, node.Mempool(), "the merchant's sweep is mined")
	require.Equal(t, "740.74", h.balance(voice))

	// The books say where the coins are, to the unit of the real fee.
	on := node.network().ID
	got := h.only(voice)
	require.Equal(t, swept.String(), got.Spent.String())
	require.Equal(t, "0.00001000", h.held(ledger.Fee(on)).Text())
	require.Equal(t, "0.01233567", h.held(ledger.Treasury(on, "cold")).Text())
	require.True(t, h.held(ledger.Position(on, "deposits")).IsZero())
	require.True(t, h.held(ledger.Outflow(on)).IsZero())
	spends := h.spends(swept)
	require.Len(t, spends, 1)
	require.Equal(t, got.To, spends[0].From)
	require.Equal(t, "0.01234567 "+string(node.asset().Coin)+"@"+on, spends[0].Amount.String())

	// What spends the treasury's coin is the host's own, whatever is added to it, and
	// nobody is credited.
	customer.Learn(paid)
	node.Call(&paid, "getrawtransaction", swept.String())
	customer.Learn(paid)
	var back string
	node.Call(&back, "sendrawtransaction", customer.Pay(given.Text, "!"))
	h.advance()
	h.mine(7)
	require.Equal(t, "740.74", h.balance(voice))
	all := h.deposits(voice)
	require.Len(t, all, 2)
	for _, d := range all {
		if d.TxID.String() == back {
			require.Equal(t, payments.StateInternal, d.State)
			require.True(t, h.held(ledger.Position(on, "deposits")).Equal(d.Amount), "it is a coin of ours again")
		}
	}
}

// held is what the books say is in an account, in the node's coin.
func (h *host) held(account ledger.Account) (x money.Amount) {
	h.Helper()
	x = money.Units(h.chain.asset(), 0)
	require.NoError(h, h.cfg.Store.View(h.ctx, func(tx payments.Tx) error {
		rows, err := tx.Balances(h.ctx, []ledger.Account{account})
		for _, row := range rows {
			require.Equal(h, x.Asset(), row.Amount.Asset())
			x = row.Amount
		}
		return err
	}))
	return x
}

// spends are what a transaction took from our addresses, as booked.
func (h *host) spends(id chain.Hash) (rows []payments.Spend) {
	h.Helper()
	require.NoError(h, h.cfg.Store.View(h.ctx, func(tx payments.Tx) (err error) {
		rows, err = tx.Spends(h.ctx, payments.SpendQuery{TxIDs: []chain.Hash{id}})
		return err
	}))
	return rows
}

func rawHex(t *testing.T, p btcdnode.Payment) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, p.Serialize(hex.NewEncoder(&b)))
	return b.String()
}

// accountPrivateKey is the key at m/purpose'/1'/0' of the phrase "abandon … about",
// with SLIP-0132's prefix for that purpose.
func accountPrivateKey(t testing.TB, purpose uint32) string {
	t.Helper()
	seed, err := hex.DecodeString("5eb00bbddcf069084889a8ab9155568165f5c453ccb85e70811aaed6f6da5fc19a5ac40b389cd370d086206dec8aa6c43daea6690f20ad3d8d48b2d2ce9e38e4")
	require.NoError(t, err)
	key, err := hdkeychain.NewMaster(seed, &chaincfg.RegressionNetParams)
	require.NoError(t, err)
	for _, index := range []uint32{purpose, 1, 0} {
		key, err = key.Derive(hdkeychain.HardenedKeyStart + index)
		require.NoError(t, err)
	}
	if purpose == 84 {
		key, err = key.CloneWithVersion([]byte{0x04, 0x5f, 0x18, 0xbc})
		require.NoError(t, err)
	}
	return key.String()
}
