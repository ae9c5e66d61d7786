package utxo_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/chain/utxo"
)

// Each test here is a way to make a deposit look like one that it is not.

const (
	ourKeyHash = "0123456789abcdefghij"
	ourKey     = "\x02" + "0123456789abcdef0123456789abcdef"
)

// ourScript is the script that was issued: a payment to a witness key hash.
const ourScript = "\x00\x14" + ourKeyHash

// found returns what a matcher finds in one block of transactions, the second
// block of a chain of the network.
func found(t *testing.T, network chain.Network, m chain.Matcher, txs ...[]byte) chain.Found {
	t.Helper()
	first := utxo.MineBlock(chain.Hash{}, utxo.Coinbase)
	n := &stub{blocks: [][]byte{first, utxo.MineBlock(utxo.HashOf(first), txs...)}}
	network.Genesis = utxo.HashOf(first).String()
	r, err := openOn(t, n, network).Linked(t.Context(), 1, 1)
	require.NoError(t, err)
	f, err := r.Match(t.Context(), m)
	require.NoError(t, err)
	return f
}

func from(b byte) []chain.Outpoint { return []chain.Outpoint{{TxID: chain.Hash{b}, Vout: 1}} }

func ids(f chain.Found) (out []string) {
	for _, x := range f.Transfers {
		out = append(out, x.ID)
	}
	return out
}

func TestABareMultisigOrKeyThatListsOurAddressIsNotOurs(t *testing.T) {
	raw := utxo.SpendTx(from(1), []string{
		"\x51\x21" + ourKey + "\x21\x03" + strings.Repeat("t", 32) + "\x52\xae", // 1 of 2: ours and theirs
		"\x51\x21" + ourKey + "\x51\xae",                                        // 1 of 1
		"\x21" + ourKey + "\xac",                                                // P2PK
		"\x76\xa9\x14" + ourKeyHash + "\x88\xac",                                // P2PKH of the same key
		"\xa9\x14" + ourKeyHash + "\x87",                                        // P2SH of the same bytes
		"\x51\x20" + ourKeyHash + ourKeyHash[:12],                               // a later witness version
		"\x00\x20" + ourKeyHash + ourKeyHash[:12],                               // a longer program
		ourScript + "\x00",
		ourScript[:21],
		"\x6a\x16" + ourScript, // quoted by an OP_RETURN
		ourScript,
	}, true)
	f := found(t, chain.BitcoinRegtest, scripts(ourScript), utxo.Coinbase, raw)
	require.Equal(t, []string{utxo.TxID(raw).String() + ":10"}, ids(f))
}

func TestEachOutputToOneAddressIsATransferOfItsOwn(t *testing.T) {
	raw := utxo.SpendTx(from(1), []string{ourScript, "other", ourScript, ourScript}, true)
	f := found(t, chain.BitcoinRegtest, scripts(ourScript), utxo.Coinbase, raw)
	id := utxo.TxID(raw).String()
	require.Equal(t, []string{id + ":0", id + ":2", id + ":3"}, ids(f))
	require.Equal(t, "1", f.Transfers[0].Amount.UnitsText())
	require.Equal(t, "3", f.Transfers[1].Amount.UnitsText())
	require.Equal(t, "4", f.Transfers[2].Amount.UnitsText())
}

func TestOnlyTheSoleNullInputMakesACoinbase(t *testing.T) {
	null := chain.Outpoint{Vout: 1<<32 - 1}
	mined := utxo.SpendTx([]chain.Outpoint{null}, []string{ourScript}, true)
	two := utxo.SpendTx([]chain.Outpoint{{TxID: chain.Hash{3}}, null}, []string{ourScript}, true)
	zero := utxo.SpendTx([]chain.Outpoint{{}}, []string{ourScript}, true)
	last := utxo.SpendTx([]chain.Outpoint{{TxID: chain.Hash{3}, Vout: 1<<32 - 1}}, []string{ourScript}, true)
	f := found(t, chain.BitcoinRegtest, scripts(ourScript), mined, two, zero, last)
	require.Len(t, f.Transfers, 4)
	require.Equal(t, chain.OriginCoinbase, f.Transfers[0].Origin)
	for _, x := range f.Transfers[1:] {
		require.Equal(t, chain.OriginPayment, x.Origin)
		require.Len(t, x.Inputs, 1)
	}
}

func TestAMalleatedTransactionSpendsTheSameOutpoint(t *testing.T) {
	raw := utxo.SpendTx(from(1), []string{ourScript}, false)
	signed := slices.Concat(raw[:41], []byte{1, 0x51}, raw[42:]) // another signature script
	require.NotEqual(t, utxo.TxID(raw), utxo.TxID(signed))
	a, b := utxo.TxID(raw).String(), utxo.TxID(signed).String()
	n := &stub{blocks: utxo.ChainOf(1), pending: map[string][]byte{a: raw, b: signed}}
	ours := from(1)[0]
	s := open(t, n)
	list, err := s.Mempool(t.Context())
	require.NoError(t, err)
	run, err := s.Unmined(t.Context(), list)
	require.NoError(t, err)
	f, err := run.Match(t.Context(), watching{scripts: map[string]bool{ourScript: true}, ops: map[chain.Outpoint]bool{ours: true}})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{a + ":0", b + ":0"}, ids(f))
	for _, x := range f.Transfers {
		require.Equal(t, []chain.Outpoint{ours}, x.Inputs, "the outpoint ties the two together")
	}
	require.Len(t, f.Spends, 2)
}

func TestAWitnessDoesNotChangeTheTransactionsID(t *testing.T) {
	raw := utxo.SpendTx(from(1), []string{ourScript}, true)
	other := bytes.Clone(raw)
	other[len(other)-5] ^= 1 // the last byte of the witness
	require.NotEqual(t, raw, other)
	a := found(t, chain.BitcoinRegtest, scripts(ourScript), utxo.Coinbase, raw)
	b := found(t, chain.BitcoinRegtest, scripts(ourScript), utxo.Coinbase, other)
	require.Equal(t, ids(a), ids(b))
}

func TestUnknownFlagBitsStopTheNetwork(t *testing.T) {
	for _, network := range []chain.Network{chain.BitcoinRegtest, dogecoin, litecoin} {
		first := utxo.MineBlock(chain.Hash{}, utxo.Coinbase)
		n := &stub{blocks: [][]byte{first, nil}}
		network.Genesis = utxo.HashOf(first).String()
		s := openOn(t, n, network)
		for flag := range 256 {
			raw := utxo.SpendTx(from(1), []string{ourScript}, true)
			raw[5] = byte(flag)
			n.blocks[1] = utxo.MineBlock(utxo.HashOf(first), utxo.Coinbase, raw)
			_, err := s.Linked(t.Context(), 1, 1)
			if flag == 1 {
				require.NoError(t, err)
				continue
			}
			require.ErrorIs(t, err, chain.ErrMalformed, "%s: flag %d", network.ID, flag)
		}
	}
}

func TestATransactionMinedTwiceKeepsItsID(t *testing.T) {
	raw := utxo.SpendTx(from(1), []string{ourScript}, true)
	a := utxo.MineBlock(chain.Hash{}, utxo.Coinbase, raw)
	b := utxo.MineBlock(utxo.HashOf(a), utxo.Coinbase, raw) // as before BIP 30, or in another branch
	r, err := open(t, &stub{blocks: [][]byte{a, b}}).Linked(t.Context(), 0, 1)
	require.NoError(t, err)
	f, err := r.Match(t.Context(), watching{scripts: map[string]bool{ourScript: true}, ops: map[chain.Outpoint]bool{from(1)[0]: true}})
	require.NoError(t, err)
	require.Len(t, f.Transfers, 2)
	require.Equal(t, f.Transfers[0].ID, f.Transfers[1].ID, "the key of the deposit is one")
	require.NotEqual(t, f.Transfers[0].Block, f.Transfers[1].Block)
	require.Equal(t, f.Spends[0].ID, f.Spends[1].ID)
}

// A list with its end repeated can have the same merkle root (CVE-2012-2459).
func TestARepeatedEndOfABlockIsRefused(t *testing.T) {
	pay := func(b byte) []byte { return utxo.SpendTx(from(b), []string{ourScript}, true) }
	for name, c := range map[string]struct{ once, repeated [][]byte }{
		"one transaction": {[][]byte{utxo.Coinbase, pay(1), pay(2)}, [][]byte{utxo.Coinbase, pay(1), pay(2), pay(2)}},
		"a subtree": {
			[][]byte{utxo.Coinbase, pay(1), pay(2), pay(3), pay(4), pay(5)},
			[][]byte{utxo.Coinbase, pay(1), pay(2), pay(3), pay(4), pay(5), pay(4), pay(5)},
		},
	} {
		t.Run(name, func(t *testing.T) {
			first := utxo.MineBlock(chain.Hash{}, utxo.Coinbase)
			once, twice := utxo.MineBlock(utxo.HashOf(first), c.once...), utxo.MineBlock(utxo.HashOf(first), c.repeated...)
			require.Equal(t, utxo.HashOf(once), utxo.HashOf(twice))
			n := &stub{blocks: [][]byte{first, twice}}
			s := open(t, n)
			_, err := s.Linked(t.Context(), 1, 1)
			require.ErrorIs(t, err, chain.ErrMalformed)
			n.blocks[1] = once
			_, err = s.Linked(t.Context(), 1, 1)
			require.NoError(t, err)
		})
	}
}

func TestNothingOrLessIsNoPayment(t *testing.T) {
	raw := utxo.SpendTx(from(1), []string{ourScript, "x"}, false)
	at := bytes.Index(raw, []byte{1, 0, 0, 0, 0, 0, 0, 0, byte(len(ourScript))})
	binary.LittleEndian.PutUint64(raw[at:], 0)
	require.Empty(t, found(t, chain.BitcoinRegtest, scripts(ourScript), utxo.Coinbase, raw))

	binary.LittleEndian.PutUint64(raw[at:], 1<<63) // less than nothing
	first := utxo.MineBlock(chain.Hash{}, utxo.Coinbase)
	n := &stub{blocks: [][]byte{first, utxo.MineBlock(utxo.HashOf(first), utxo.Coinbase, raw)}}
	_, err := open(t, n).Linked(t.Context(), 1, 1)
	require.ErrorIs(t, err, chain.ErrMalformed)
}

func TestAmountsBeyondTheReachOfAFloatAreExact(t *testing.T) {
	raw := utxo.SpendTx(from(1), []string{ourScript}, false)
	at := bytes.Index(raw, []byte{1, 0, 0, 0, 0, 0, 0, 0, byte(len(ourScript))})
	binary.LittleEndian.PutUint64(raw[at:], 9_007_199_254_740_993) // 2⁵³+1: about 90 million DOGE
	f := found(t, dogecoin, scripts(ourScript), utxo.Coinbase, raw)
	require.Equal(t, "9007199254740993", f.Transfers[0].Amount.UnitsText())
}

func TestSpendsOfOneTransactionShareItAndKeepTheirPlaces(t *testing.T) {
	ops := []chain.Outpoint{{TxID: chain.Hash{1}}, {TxID: chain.Hash{2}, Vout: 7}, {TxID: chain.Hash{3}}, {TxID: chain.Hash{2}, Vout: 8}}
	raw := utxo.SpendTx(ops, []string{"treasury", "", ourScript}, true)
	ours := watching{ops: map[chain.Outpoint]bool{ops[1]: true, ops[3]: true}}
	f := found(t, chain.BitcoinRegtest, ours, utxo.Coinbase, raw, utxo.SpendTx(from(9), []string{"x"}, true))
	require.Empty(t, f.Transfers)
	require.Len(t, f.Spends, 2)
	id := utxo.TxID(raw)
	for i, place := range []string{"1", "3"} {
		require.Equal(t, id.String()+":in:"+place, f.Spends[i].ID)
		require.Equal(t, chain.SpendOutpoint, f.Spends[i].Kind)
		require.Equal(t, id, f.Spends[i].TxID)
		require.Same(t, f.Spends[0].Tx, f.Spends[i].Tx)
		require.Equal(t, uint64(1), f.Spends[i].Block.Height)
	}
	require.Equal(t, ops, f.Spends[0].Tx.Inputs)
	require.Len(t, f.Spends[0].Tx.Outputs, 3)
	require.Equal(t, ourScript, f.Spends[0].Tx.Outputs[2].To.Raw)
	require.Equal(t, "3", f.Spends[0].Tx.Outputs[2].Amount.UnitsText())
}

func TestADoubleSpendShowsWhereTheCoinsWentInstead(t *testing.T) {
	op := from(1)
	ours := utxo.SpendTx(op, []string{ourScript}, true)
	theirs := utxo.SpendTx(append(op, chain.Outpoint{TxID: chain.Hash{2}}), []string{"themselves"}, true)
	blocks := utxo.ChainOf(1)
	n := &stub{blocks: blocks, pending: map[string][]byte{utxo.TxID(ours).String(): ours}}
	s := open(t, n)
	pool, err := s.Unmined(t.Context(), []chain.Hash{utxo.TxID(ours)})
	require.NoError(t, err)
	seen, err := pool.Match(t.Context(), scripts(ourScript))
	require.NoError(t, err)
	require.Equal(t, op, seen.Transfers[0].Inputs)
	require.True(t, seen.Transfers[0].Block.IsZero())

	n.blocks = append(blocks, utxo.MineBlock(utxo.HashOf(blocks[0]), utxo.Coinbase, theirs))
	run, err := s.Linked(t.Context(), 1, 1)
	require.NoError(t, err)
	f, err := run.Match(t.Context(), watching{scripts: map[string]bool{ourScript: true}, ops: map[chain.Outpoint]bool{op[0]: true}})
	require.NoError(t, err)
	require.Empty(t, f.Transfers)
	require.Len(t, f.Spends, 1)
	require.Equal(t, op[0], f.Spends[0].Outpoint)
	require.Equal(t, utxo.TxID(theirs), f.Spends[0].TxID)
	require.Equal(t, "themselves", f.Spends[0].Tx.Outputs[0].To.Raw)
}
