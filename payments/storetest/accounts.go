package storetest

import (
	"math"
	"sync"
	"time"

	"github.com/shopspring/decimal"
	"github.com/stretchr/testify/require"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments"
	"github.com/cointill/cointill/payments/money"
)

var accountCases = cases{
	{"every field comes back, times in UTC to the millisecond", func(s *suite) {
		row := accountRow(payments.Account{Profile: odd, Name: odd})
		row.Currency = money.EUR
		row.Carry = decimal.RequireFromString("-0.0099123456789012345678901234567890")
		given := row
		given.OpenedAt = row.OpenedAt.Add(999 * time.Microsecond).In(time.FixedZone("east", 7*3600))
		put(s, payments.Tx.InsertAccounts, []payments.AccountRecord{given})
		same(s, []payments.AccountRecord{row}, ask(s, payments.Tx.AccountsByKey, []payments.Account{row.Account}))
	}},
	{"accounts of one profile are apart, and opened once", func(s *suite) {
		require.Equal(s, []payments.Account{sms, voice}, put(s, payments.Tx.InsertAccounts,
			[]payments.AccountRecord{accountRow(sms), accountRow(voice)}))
		again := accountRow(sms)
		again.Currency = money.EUR
		require.Empty(s, put(s, payments.Tx.InsertAccounts, []payments.AccountRecord{again}))
		same(s, []payments.AccountRecord{accountRow(voice), accountRow(sms)},
			ask(s, payments.Tx.AccountsByKey, []payments.Account{voice, {Profile: "acme"}, sms, voice}))
	}},
	{"a profile and a name with a slash are not another account", func(s *suite) {
		a, b := payments.Account{Profile: "a/b", Name: "c"}, payments.Account{Profile: "a", Name: "b/c"}
		require.Len(s, put(s, payments.Tx.InsertAccounts, []payments.AccountRecord{accountRow(a), accountRow(b)}), 2)
	}},
	{"a changed carry is saved", func(s *suite) {
		put(s, payments.Tx.InsertAccounts, []payments.AccountRecord{accountRow(voice), accountRow(sms)})
		row := accountRow(voice)
		row.Carry = decimal.RequireFromString("0.00000000000000000000000000000000000000000000000001")
		require.NoError(s, save(s, payments.Tx.SaveAccounts, []payments.AccountRecord{row}))
		row.Version = 2
		same(s, []payments.AccountRecord{row, accountRow(sms)}, ask(s, payments.Tx.AccountsByKey, []payments.Account{voice, sms}))
		s.conflicts(func(tx payments.Tx) error {
			return tx.SaveAccounts(s.Context(), []payments.AccountRecord{accountRow(voice)})
		})
	}},
	{"terms are accepted once a version, and read oldest first", func(s *suite) {
		accept := func(version string, ms int) payments.TermsAcceptance {
			return payments.TermsAcceptance{Profile: "acme", Version: version, At: after(ms)}
		}
		other := payments.TermsAcceptance{Profile: "globex", Version: "1", At: noon}
		rows := []payments.TermsAcceptance{accept("3", 5), accept("1", 9), accept("2", 5), other}
		same(s, rows, put(s, payments.Tx.InsertTerms, rows))
		require.Empty(s, put(s, payments.Tx.InsertTerms, []payments.TermsAcceptance{accept("1", 1)}))
		same(s, []payments.TermsAcceptance{rows[2], rows[0], rows[1]}, ask(s, payments.Tx.TermsOf, "acme"))
		require.Empty(s, ask(s, payments.Tx.TermsOf, "nobody"))
	}},
}

// reserve takes n indexes of a key in its own commit.
func (s *suite) reserve(key string, n uint32) (first uint32, err error) {
	err = s.store.Update(s.Context(), func(tx payments.Tx) (err error) {
		first, err = tx.ReserveIndexes(s.Context(), key, n)
		return err
	})
	return first, err
}

var indexCases = cases{
	{"a key begins at 0 and goes on where it stood", func(s *suite) {
		for _, step := range []struct{ n, want uint32 }{{5, 0}, {1, 5}, {100, 6}} {
			first, err := s.reserve("a", step.n)
			require.NoError(s, err)
			require.Equal(s, step.want, first)
		}
		first, err := s.reserve("b", 3)
		require.NoError(s, err)
		require.Zero(s, first)
		require.Equal(s, []uint32{3, 0, 106, 3}, ask(s, payments.Tx.IndexCounters, []string{"b", "unknown", "a", "b"}))
	}},
	{"runs reserved at the same time do not overlap", func(s *suite) {
		const workers, each = 8, 10
		var mu sync.Mutex
		taken := make(map[uint32]bool)
		s.together(workers, func(i int) error {
			for range each {
				n := uint32(i%3 + 1)
				first, err := s.reserve("a", n)
				if err != nil {
					return err
				}
				mu.Lock()
				for index := first; index < first+n; index++ {
					if taken[index] {
						s.Errorf("index %d was given twice", index)
					}
					taken[index] = true
				}
				mu.Unlock()
			}
			return nil
		})
		require.Equal(s, uint32(len(taken)), ask(s, payments.Tx.IndexCounters, []string{"a"})[0])
	}},
	{"a rollback of one does not give away what another committed", func(s *suite) {
		_, err := s.reserve("a", 5)
		require.NoError(s, err)
		err = s.store.Update(s.Context(), func(tx payments.Tx) error {
			_, err := tx.ReserveIndexes(s.Context(), "a", 5)
			require.NoError(s, err)
			return errHost
		})
		require.ErrorIs(s, err, errHost)
		first, err := s.reserve("a", 5)
		require.NoError(s, err)
		require.GreaterOrEqual(s, first, uint32(5))
	}},
	{"an overflow is an error and reserves nothing", func(s *suite) {
		_, err := s.reserve("a", math.MaxInt32)
		require.NoError(s, err)
		_, err = s.reserve("a", math.MaxUint32)
		require.Error(s, err)
		require.Equal(s, []uint32{math.MaxInt32}, ask(s, payments.Tx.IndexCounters, []string{"a"}))
	}},
}

// owned reads the addresses of owners.
func (s *suite) owned(family chain.Family, accounts ...payments.Account) (out []payments.IssuedAddress) {
	s.Helper()
	var owners []payments.Owner
	for _, a := range accounts {
		owners = append(owners, payments.Owner{Account: a})
	}
	s.read(func(tx payments.Tx) (err error) {
		out, err = tx.AddressesOf(s.Context(), family, owners)
		return err
	})
	return out
}

var addressCases = cases{
	{"every field comes back by address and by owner", func(s *suite) {
		a, b := issuedRow(1, voice), issuedRow(2, payments.Account{Profile: odd, Name: odd})
		b.Key, b.Index = odd, math.MaxInt32
		b.Address.Raw = "\x00\x01'\\\xff\xfe"
		require.Equal(s, []chain.Address{b.Address, a.Address}, put(s, payments.Tx.InsertAddresses, []payments.IssuedAddress{b, a}))
		same(s, []payments.IssuedAddress{a, b}, ask(s, payments.Tx.AddressesByRaw, []chain.Address{a.Address, address(9), b.Address, a.Address}))
		same(s, []payments.IssuedAddress{b, a}, s.owned(chain.FamilyBitcoin, b.Owner.Account, sms, voice, voice))
	}},
	{"an address has one owner", func(s *suite) {
		put(s, payments.Tx.InsertAddresses, []payments.IssuedAddress{issuedRow(1, voice)})
		require.Empty(s, put(s, payments.Tx.InsertAddresses, []payments.IssuedAddress{issuedRow(1, sms)}))
		same(s, []payments.IssuedAddress{issuedRow(1, voice)}, ask(s, payments.Tx.AddressesByRaw, []chain.Address{address(1)}))
		require.Empty(s, s.owned(chain.FamilyBitcoin, sms))
	}},
	{"an owner has one address in a family", func(s *suite) {
		put(s, payments.Tx.InsertAddresses, []payments.IssuedAddress{issuedRow(1, voice)})
		require.Equal(s, []chain.Address{address(3)}, put(s, payments.Tx.InsertAddresses,
			[]payments.IssuedAddress{issuedRow(2, voice), issuedRow(3, sms), issuedRow(4, sms)}))
		same(s, []payments.IssuedAddress{issuedRow(1, voice), issuedRow(3, sms)}, s.owned(chain.FamilyBitcoin, voice, sms))
		require.Empty(s, ask(s, payments.Tx.AddressesByRaw, []chain.Address{address(2), address(4)}))
	}},
	{"an owner has another address in another family", func(s *suite) {
		a, b := issuedRow(1, voice), issuedRow(1, voice)
		b.Address.Family = chain.FamilyEVM // the same bytes, too, are another address
		require.Len(s, put(s, payments.Tx.InsertAddresses, []payments.IssuedAddress{a, b}), 2)
		same(s, []payments.IssuedAddress{b}, s.owned(chain.FamilyEVM, voice))
		same(s, []payments.IssuedAddress{a}, s.owned(chain.FamilyBitcoin, voice))
	}},
	{"an address that was rolled back is free again", func(s *suite) {
		err := s.store.Update(s.Context(), func(tx payments.Tx) error {
			_, err := tx.InsertAddresses(s.Context(), []payments.IssuedAddress{issuedRow(1, voice)})
			require.NoError(s, err)
			return errHost
		})
		require.ErrorIs(s, err, errHost)
		require.Len(s, put(s, payments.Tx.InsertAddresses, []payments.IssuedAddress{issuedRow(1, sms), issuedRow(2, voice)}), 2)
	}},
}
