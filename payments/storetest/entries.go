package storetest

import (
	"fmt"
	"math/big"

	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/ledger"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

var entryCases = cases{
	{"every field comes back, postings in their order", func(s *suite) {
		d := fullDeposit()
		e := credit(d, 12_345)
		e.Reference = odd
		back := e.Reverse("reversal/"+e.Key, after(77))
		require.Equal(s, []string{back.Key, e.Key}, put(s, payments.Tx.InsertEntries, []ledger.Entry{back, e}))
		same(s, []ledger.Entry{e, back}, ask(s, payments.Tx.EntriesByKey, []string{e.Key, "none", back.Key, e.Key}))
	}},
	{"the same entry again is left as it is and books nothing", func(s *suite) {
		e := move("e1", noon, voice, 500)
		require.Equal(s, []string{"e1"}, put(s, payments.Tx.InsertEntries, []ledger.Entry{e, e}))
		require.Equal(s, []string{"e2"}, put(s, payments.Tx.InsertEntries, []ledger.Entry{e, move("e2", noon, voice, 1), e}))
		same(s, []ledger.Balance{{Account: voice.Ledger(), Amount: money.USD.Cents(501)}},
			ask(s, payments.Tx.Balances, []ledger.Account{voice.Ledger()}))
	}},
	{"a key that belongs to another entry fails the call", func(s *suite) {
		e := move("e1", noon, voice, 500)
		put(s, payments.Tx.InsertEntries, []ledger.Entry{e})
		for name, other := range map[string]ledger.Entry{
			"amount": move("e1", noon, voice, 501), "instant": move("e1", after(1), voice, 500), "account": move("e1", noon, sms, 500),
		} {
			runs := 0
			err := s.store.Update(s.Context(), func(tx payments.Tx) error {
				runs++
				_, err := tx.InsertEntries(s.Context(), []ledger.Entry{move("e2", noon, voice, 1), other})
				return err
			})
			require.ErrorIs(s, err, ledger.ErrKeyReused, name)
			require.Equal(s, 1, runs, name)
		}
		same(s, []ledger.Entry{e}, ask(s, payments.Tx.EntriesByKey, []string{"e1", "e2"}))
		same(s, []ledger.Balance{{Account: voice.Ledger(), Amount: money.USD.Cents(500)}},
			ask(s, payments.Tx.Balances, []ledger.Account{voice.Ledger(), sms.Ledger()}))
	}},
	{"two facts of one key in one batch fail the call", func(s *suite) {
		_, err := s.insertEntries(move("e1", noon, voice, 500), move("e1", noon, voice, 501))
		require.ErrorIs(s, err, ledger.ErrKeyReused)
		require.Empty(s, ask(s, payments.Tx.EntriesByKey, []string{"e1"}))
	}},
}

func (s *suite) insertEntries(entries ...ledger.Entry) (keys []string, err error) {
	err = s.store.Update(s.Context(), func(tx payments.Tx) (err error) {
		keys, err = tx.InsertEntries(s.Context(), entries)
		return err
	})
	return keys, err
}

// shift is an entry of one posting.
func shift(key string, from, to ledger.Account, amount money.Amount) ledger.Entry {
	return ledger.Entry{Key: key, Kind: ledger.KindDeposit, At: noon, Postings: []ledger.Posting{{From: from, To: to, Amount: amount}}}
}

var (
	customer = voice.Ledger()                       // an account with a limit
	position = ledger.Position("bitcoin", "places") // one without
	books    = []ledger.Account{ledger.Clearing, customer, sms.Ledger(), position, ledger.Suspense("bitcoin")}
)

var balanceCases = cases{
	{"unknown accounts have none", func(s *suite) {
		require.Empty(s, ask(s, payments.Tx.Balances, books))
	}},
	{"amounts to and from an account are summed, with and without a limit", func(s *suite) {
		for i, a := range []ledger.Account{customer, position} {
			_, err := s.insertEntries(shift(fmt.Sprint(i, "a"), ledger.Clearing, a, money.USD.Cents(700)),
				shift(fmt.Sprint(i, "b"), a, ledger.Clearing, money.USD.Cents(250)))
			require.NoError(s, err)
			_, err = s.insertEntries(shift(fmt.Sprint(i, "c"), ledger.Clearing, a, money.USD.Cents(1)))
			require.NoError(s, err)
			same(s, []ledger.Balance{{Account: a, Amount: money.USD.Cents(451)}}, ask(s, payments.Tx.Balances, []ledger.Account{a}))
		}
		BooksBalance(s, s.Context(), s.store, books)
	}},
	{"balances come in the order of accounts, within one by asset id", func(s *suite) {
		_, err := s.insertEntries(shift("1", ledger.Clearing, customer, money.USD.Cents(1)), shift("2", ledger.Clearing, customer, money.EUR.Cents(2)),
			shift("3", ledger.Clearing, customer, money.Units(dai, 3)), shift("4", ledger.Clearing, customer, money.Units(btc, 4)),
			shift("5", ledger.Clearing, position, money.Units(dai, 5)), shift("6", ledger.Clearing, position, money.Units(btc, 6)))
		require.NoError(s, err)
		same(s, []ledger.Balance{
			{Account: position, Amount: money.Units(btc, 6)}, {Account: position, Amount: money.Units(dai, 5)},
			{Account: customer, Amount: money.Units(btc, 4)}, {Account: customer, Amount: money.Units(dai, 3)},
			{Account: customer, Amount: money.EUR.Cents(2)}, {Account: customer, Amount: money.USD.Cents(1)},
		}, ask(s, payments.Tx.Balances, []ledger.Account{position, "none", customer, position}))
	}},
	{"a balance of zero is left out", func(s *suite) {
		e := credit(deposit(1), 500)
		_, err := s.insertEntries(e, e.Reverse("r", after(1)))
		require.NoError(s, err)
		require.Empty(s, ask(s, payments.Tx.Balances, append(books, ledger.Position("bitcoin", "deposits"))))
	}},
	{"a customer's balance may be negative", func(s *suite) {
		_, err := s.insertEntries(shift("1", customer, ledger.Clearing, money.USD.Cents(800)))
		require.NoError(s, err)
		_, err = s.insertEntries(shift("2", ledger.Clearing, customer, money.USD.Cents(300)))
		require.NoError(s, err)
		same(s, []ledger.Balance{{Account: customer, Amount: money.USD.Cents(-500)}, {Account: ledger.Clearing, Amount: money.USD.Cents(500)}},
			ask(s, payments.Tx.Balances, []ledger.Account{customer, ledger.Clearing}))
	}},
	{"sums beyond 64 and 256 bits are exact", func(s *suite) {
		for _, bits := range []uint{63, 64, 128, 256} {
			amount := money.NewAmount(dai, new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), bits), big.NewInt(1)))
			for i, a := range []ledger.Account{customer, position} {
				for n := range 3 {
					_, err := s.insertEntries(shift(fmt.Sprint(bits, i, n), ledger.Clearing, a, amount))
					require.NoError(s, err)
				}
			}
		}
		BooksBalance(s, s.Context(), s.store, books)
		got := ask(s, payments.Tx.Balances, []ledger.Account{customer})
		require.Len(s, got, 1)
		want := new(big.Int)
		for _, bits := range []uint{63, 64, 128, 256} {
			want.Add(want, new(big.Int).Mul(big.NewInt(3), new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), bits), big.NewInt(1))))
		}
		require.Equal(s, want.String(), got[0].Amount.UnitsText())
	}},
	{"one entry may move between two customers, and twice for one", func(s *suite) {
		e := shift("1", customer, sms.Ledger(), money.USD.Cents(30))
		e.Postings = append(e.Postings, ledger.Posting{From: ledger.Clearing, To: customer, Amount: money.USD.Cents(100)},
			ledger.Posting{From: ledger.Clearing, To: customer, Amount: money.USD.Cents(5)})
		_, err := s.insertEntries(e)
		require.NoError(s, err)
		same(s, []ledger.Balance{{Account: customer, Amount: money.USD.Cents(75)}, {Account: sms.Ledger(), Amount: money.USD.Cents(30)}},
			ask(s, payments.Tx.Balances, []ledger.Account{customer, sms.Ledger()}))
		BooksBalance(s, s.Context(), s.store, books)
	}},
	{"a transaction sees the balance it made, and a savepoint takes it back", func(s *suite) {
		s.write(func(tx payments.Tx) error {
			err := tx.Savepoint(s.Context(), func(tx payments.Tx) error {
				_, err := tx.InsertEntries(s.Context(), []ledger.Entry{move("e1", noon, voice, 500)})
				require.NoError(s, err)
				got, err := tx.Balances(s.Context(), []ledger.Account{customer})
				require.NoError(s, err)
				same(s, []ledger.Balance{{Account: customer, Amount: money.USD.Cents(500)}}, got)
				return errHost
			})
			require.ErrorIs(s, err, errHost)
			got, err := tx.Balances(s.Context(), books)
			require.Empty(s, got)
			return err
		})
	}},
	{"credits of one customer at the same time are all summed", func(s *suite) {
		s.together(8, func(i int) error {
			for n := range 5 {
				if _, err := s.insertEntries(credit(deposit(i*10+n), 3)); err != nil {
					return err
				}
			}
			return nil
		})
		same(s, []ledger.Balance{{Account: customer, Amount: money.USD.Cents(120)}},
			ask(s, payments.Tx.Balances, []ledger.Account{customer}))
		BooksBalance(s, s.Context(), s.store, append(books, ledger.Position("bitcoin", "deposits")))
	}},
}

// statement reads a page of an account's entries.
func (s *suite) statement(a ledger.Account, before ledger.Cursor, limit int) (keys []string) {
	s.Helper()
	s.read(func(tx payments.Tx) error {
		entries, err := tx.EntriesOf(s.Context(), a, before, limit)
		for _, e := range entries {
			keys = append(keys, e.Key)
		}
		return err
	})
	return keys
}

var statementCases = cases{
	{"entries come newest first, equal instants by descending key", func(s *suite) {
		_, err := s.insertEntries(move("b", after(5), voice, 1), move("a", after(9), voice, 1), move("d", after(5), voice, 1),
			move("c", after(5), voice, 1), move("e", after(-1), voice, 1), move("other", after(5), sms, 1))
		require.NoError(s, err)
		require.Equal(s, []string{"a", "d", "c", "b", "e"}, s.statement(customer, ledger.Cursor{}, 10))
		require.Equal(s, []string{"other"}, s.statement(sms.Ledger(), ledger.Cursor{}, 10))
		require.Equal(s, []string{"a", "other", "d", "c", "b", "e"}, s.statement(ledger.Clearing, ledger.Cursor{}, 10))
		require.Empty(s, s.statement("none", ledger.Cursor{}, 10))
	}},
	{"pages join without a gap or a double, also among equal instants", func(s *suite) {
		var want []string
		for n := 29; n >= 0; n-- {
			want = append(want, fmt.Sprintf("%02d", n))
			_, err := s.insertEntries(move(want[len(want)-1], after(n/7), voice, 1))
			require.NoError(s, err)
		}
		for _, limit := range []int{1, 4, 7, 30, 31} {
			var got []string
			var at ledger.Cursor
			for page := s.statement(customer, at, limit); len(page) > 0; page = s.statement(customer, at, limit) {
				require.LessOrEqual(s, len(page), limit)
				got = append(got, page...)
				last := ask(s, payments.Tx.EntriesByKey, page[len(page)-1:])[0]
				at = ledger.Cursor{At: last.At, Key: last.Key}
			}
			require.Equal(s, want, got, "limit %d", limit)
		}
	}},
	{"a cursor between entries is answered with the older ones", func(s *suite) {
		_, err := s.insertEntries(move("b", after(5), voice, 1), move("d", after(5), voice, 1), move("a", after(4), voice, 1))
		require.NoError(s, err)
		require.Equal(s, []string{"b", "a"}, s.statement(customer, ledger.Cursor{At: after(5), Key: "c"}, 10))
		require.Equal(s, []string{"a"}, s.statement(customer, ledger.Cursor{At: after(5), Key: "b"}, 10))
		require.Equal(s, []string{"a"}, s.statement(customer, ledger.Cursor{At: after(5)}, 10))
		require.Empty(s, s.statement(customer, ledger.Cursor{At: after(4), Key: "a"}, 10))
	}},
	{"an entry that touches the account more than once is listed once, whole", func(s *suite) {
		e := credit(deposit(1), 5)
		e.Postings = append(e.Postings, ledger.Posting{From: customer, To: ledger.Clearing, Amount: money.USD.Cents(1)})
		_, err := s.insertEntries(e)
		require.NoError(s, err)
		s.read(func(tx payments.Tx) error {
			got, err := tx.EntriesOf(s.Context(), customer, ledger.Cursor{}, 10)
			same(s, []ledger.Entry{e}, got)
			return err
		})
	}},
}
