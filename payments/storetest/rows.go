package storetest

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/big"
	"time"

	"github.com/shopspring/decimal"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
	"github.com/cointill/cointill/rates"
)

var (
	btc   = money.Asset{Coin: "BTC", Network: "bitcoin", Decimals: 8}
	dai   = money.Asset{Coin: "DAI", Network: "ethereum", Decimals: 18}
	noon  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	voice = payments.Account{Profile: "acme", Name: "voice"}
	sms   = payments.Account{Profile: "acme", Name: "sms"}
	pair  = rates.Pair{Coin: "BTC", Currency: money.USD}
)

// odd is text that a store without parameters, or without Unicode, breaks on.
const odd = "o'Neil \"x\" \\ % _ ; -- ü 漢 🪙\n\tend"

// hash returns a hash that differs for every n and is never zero.
func hash(n int) chain.Hash { return sha256.Sum256(fmt.Append(nil, n)) }

// after returns noon plus n milliseconds.
func after(n int) time.Time { return noon.Add(time.Duration(n) * time.Millisecond) }

// block returns the n-th block of a branch.
func block(branch, n int) chain.Anchor {
	return chain.Anchor{
		Height: uint64(n), Hash: hash(branch*10_000_000 + n), Parent: hash(branch*10_000_000 + n - 1),
		Time: noon.Add(time.Duration(n) * time.Second),
	}
}

// blocks returns blocks from..to of a branch.
func blocks(branch, from, to int) []chain.Anchor {
	var out []chain.Anchor
	for n := from; n <= to; n++ {
		out = append(out, block(branch, n))
	}
	return out
}

func address(n int) chain.Address {
	h := hash(n)
	return chain.Address{Family: chain.FamilyBitcoin, Raw: "\x00\x14" + string(h[:20])}
}

// deposit returns the n-th simple deposit; its key ascends with n.
func deposit(n int) payments.Deposit {
	return payments.Deposit{
		Key: payments.DepositKey{Network: "bitcoin", ID: fmt.Sprintf("%08d", n)}, TxID: hash(n), To: address(n),
		Amount: money.Units(btc, int64(n)+1), Owner: payments.Owner{Account: voice},
		State: payments.StateSeen, SeenAt: after(n),
	}
}

// fullDeposit returns a deposit with every field set, amounts at their widest.
func fullDeposit() payments.Deposit {
	widest := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	rate, _ := money.ParseRate("12345678901.123456789012345678901234567890123456") // plain digits: cannot fail
	return payments.Deposit{
		Key: payments.DepositKey{Network: "ethereum", ID: odd}, TxID: hash(1),
		To:     chain.Address{Family: chain.FamilyEVM, Raw: "\x00\xff\x80'\"\\ABCDEFGHIJKLMN"},
		Amount: money.NewAmount(dai, widest), From: chain.Address{Family: chain.FamilyLitecoin, Raw: "\x00'\xfe\\sent"},
		Origin: chain.OriginWithdrawal, Agreed: hash(11), Spent: hash(12), Owner: payments.Owner{Account: payments.Account{Profile: odd, Name: odd}},
		State: payments.StateCredited, Hold: payments.HoldScreening,
		Inputs: []chain.Outpoint{{TxID: hash(2), Vout: 0}, {TxID: hash(3), Vout: 4_294_967_295}},
		Block:  block(1, 900_000), SeenAt: after(1), SeenLive: true, LiveBefore: after(-9_999),
		IncludedAt: after(2), FirstBlock: block(2, 899_999), ReceivedAt: after(3), Basis: payments.BasisInclusion,
		Rate: rate, Currency: money.EUR, Snapshot: "a snapshot",
		Exact:    decimal.RequireFromString("-98765432109876543210.000000000000000000000000000000000001"),
		Screened: true, Incarnation: 3, Changes: 9, Credited: money.NewAmount(money.EUR.Asset(), widest),
		CreditedAt: after(4), Missing: after(5), Version: 1,
	}
}

// spend returns the n-th simple spend; its key ascends with n.
func spend(n int) payments.Spend {
	return payments.Spend{
		Key: payments.SpendKey{Network: "bitcoin", ID: fmt.Sprintf("%08d", n)}, Kind: chain.SpendOutpoint, TxID: hash(n),
		From: address(n), Amount: money.Units(btc, int64(n)+1), Outpoint: chain.Outpoint{TxID: hash(-n), Vout: uint32(n)},
	}
}

// fullSpend returns a spend with every field set, the amount at its widest.
func fullSpend() payments.Spend {
	widest := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 256), big.NewInt(1))
	return payments.Spend{
		Key: payments.SpendKey{Network: "ethereum", ID: odd}, Kind: chain.SpendToken, TxID: hash(1),
		From:   chain.Address{Family: chain.FamilyEVM, Raw: "\x00\xff\x80'\"\\from"},
		To:     chain.Address{Family: chain.FamilyLitecoin, Raw: "\x00'\xfe\\to"},
		Amount: money.NewAmount(dai, widest), Outpoint: chain.Outpoint{TxID: hash(2), Vout: 4_294_967_295},
		Place: odd, Block: block(1, 900_000), Incarnation: 3, Booked: true, Version: 1,
	}
}

// auditRow returns a row that holds data, "" for none.
func auditRow(id, data string) payments.AuditRow {
	return payments.AuditRow{ID: id, Subject: "policy", Action: "confirmations", Actor: payments.Actor{ID: "op", Reason: odd},
		At: noon, Data: json.RawMessage(data)}
}

// move returns an entry that moves cents from clearing to a customer.
func move(key string, at time.Time, to payments.Account, cents int64) ledger.Entry {
	return ledger.Entry{Key: key, Kind: ledger.KindDeposit, Reference: "ref " + key, At: at, Postings: []ledger.Posting{
		{From: ledger.Clearing, To: to.Ledger(), Amount: money.USD.Cents(cents)},
	}}
}

// credit returns the entry of a deposit: both legs of the exchange.
func credit(d payments.Deposit, cents int64) ledger.Entry {
	e := move("deposit/"+d.Key.String()+"/1", d.SeenAt, d.Owner.Account, cents)
	e.Postings = append(e.Postings, ledger.Posting{
		From: ledger.Clearing, To: ledger.Position(d.Key.Network, "deposits"), Amount: d.Amount,
	})
	return e
}

// event returns the n-th event of an order key.
func event(n int, order string) payments.Event {
	return payments.Event{
		ID: fmt.Sprintf("event-%d", n), Kind: payments.EventDepositSeen, Subject: "subject " + order, Order: order,
		Profile: order, At: after(n), Data: json.RawMessage(fmt.Sprintf(`{"n":%d,"text":"ü'\""}`, n)),
	}
}

func live(ms int, rate string) rates.Point {
	r, _ := money.ParseRate(rate) // a constant of a case
	return rates.Point{Pair: pair, AsOf: after(ms), Rate: r, Snapshot: fmt.Sprintf("live %d", ms)}
}

func candle(minute int, rate string) rates.Point {
	r, _ := money.ParseRate(rate)
	return rates.Point{Pair: pair, Candle: true, AsOf: noon.Add(time.Duration(minute) * time.Minute), Rate: r,
		Snapshot: fmt.Sprintf("candle %d", minute)}
}

func accountRow(a payments.Account) payments.AccountRecord {
	return payments.AccountRecord{Account: a, Currency: money.USD, OpenedAt: noon, Version: 1}
}

func issuedRow(n int, a payments.Account) payments.IssuedAddress {
	return payments.IssuedAddress{
		Address: address(n), Key: "fingerprint", Index: uint32(n), Owner: payments.Owner{Account: a}, IssuedAt: after(n),
	}
}
