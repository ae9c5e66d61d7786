package address

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/cointill/cointill/chain"
	"github.com/cointill/cointill/payments/money"
)

// ErrAmount is returned by [URI] for a negative amount, one in an asset that the
// network does not have, or dust.
var ErrAmount = errors.New("address: amount cannot be asked for")

// DustError is returned by [URI] for an amount so small that nodes do not relay
// it. It wraps [ErrAmount].
type DustError struct {
	Amount money.Amount
	Least  money.Amount // what can be asked for at that address
}

// Error names the amount and the least that can be asked for.
func (e *DustError) Error() string {
	return fmt.Sprintf("%s: nodes relay no %s: ask for %s or more", ErrAmount, e.Amount, e.Least)
}

// Unwrap returns [ErrAmount].
func (e *DustError) Unwrap() error { return ErrAmount }

// evmScheme is ERC-681's, on every EVM network: the chain id tells them apart.
const evmScheme = "ethereum"

// URI returns the payment URI that asks for amount at the address to: BIP21 on
// UTXO networks ("bitcoin:<address>?amount=0.001"), ERC-681 on EVM networks,
// where the amount's asset decides between the native coin and a token. An
// amount of zero asks for any amount; the zero Amount asks for any amount of the
// native coin. Show the bare address too: some wallets misread ERC-681.
//
// Errors are [*Error] as from [Format], [*DustError] for an amount below
// [chain.Network.Smallest], which a wallet would refuse to pay, and [ErrAmount].
func URI(n chain.Network, to chain.Address, amount money.Amount) (string, error) {
	text, err := Format(n, to)
	if err != nil {
		return "", err
	}
	asset := amount.Asset()
	if asset == (money.Asset{}) {
		asset = n.Native
	}
	token, isToken := n.Token(asset)
	if amount.Sign() < 0 || asset != n.Native && !isToken {
		return "", fmt.Errorf("%w: %s on %s", ErrAmount, amount, n.ID)
	}
	if least := n.Smallest(to); asset == n.Native && amount.Sign() > 0 && amount.Units().Cmp(least.Units()) < 0 {
		return "", &DustError{Amount: amount, Least: least}
	}
	switch {
	case n.UTXO():
		return bip21(n.URIScheme, text, amount), nil
	case isToken:
		contract, err := Format(n, token.Contract)
		if err != nil {
			return "", err
		}
		return erc681Token(contract, n.ChainID, text, amount), nil
	}
	return erc681(text, n.ChainID, amount), nil
}

func bip21(scheme, text string, amount money.Amount) string {
	uri := scheme + ":" + text
	if amount.IsZero() {
		return uri
	}
	return uri + "?amount=" + strings.TrimRight(strings.TrimRight(amount.Text(), "0"), ".")
}

func erc681(text string, chainID uint64, amount money.Amount) string {
	uri := evmScheme + ":" + text + "@" + strconv.FormatUint(chainID, 10)
	if amount.IsZero() {
		return uri
	}
	return uri + "?value=" + amount.UnitsText()
}

// erc681Token asks for a call of the contract's transfer function. Units are
// plain digits: more wallets read them than the exponent ERC-681 allows.
func erc681Token(contract string, chainID uint64, text string, amount money.Amount) string {
	uri := evmScheme + ":" + contract + "@" + strconv.FormatUint(chainID, 10) + "/transfer?address=" + text
	if amount.IsZero() {
		return uri
	}
	return uri + "&uint256=" + amount.UnitsText()
}
