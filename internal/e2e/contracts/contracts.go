package contracts

import (
	"bytes"
	"embed"
	"encoding/hex"
	"fmt"

	"github.com/ethereum/go-ethereum/accounts/abi"
)

//go:embed *.abi *.bin
var files embed.FS

// Contract is a compiled contract.
type Contract struct {
	ABI abi.ABI
	// Code is the creation code, without constructor arguments.
	Code []byte
}

// The contracts.
var (
	// Standard is an ERC-20 token with any symbol and decimals.
	Standard = load("StandardToken")
	// NoReturn is a token whose transfer returns nothing, as USDT's does.
	NoReturn = load("NoReturnToken")
	// Fee is a token that keeps one percent of each transfer and logs both parts.
	Fee = load("FeeToken")
	// BatchPayer pays several recipients in one transaction.
	BatchPayer = load("BatchPayer")
	// InternalPayer pays the native coin by calls inside a transaction.
	InternalPayer = load("InternalPayer")
)

// load reads a committed artifact; a damaged one ends the tests at once.
func load(name string) Contract {
	description, err := files.ReadFile(name + ".abi")
	if err != nil {
		panic(err)
	}
	parsed, err := abi.JSON(bytes.NewReader(description))
	if err != nil {
		panic(fmt.Sprintf("contracts: %s.abi: %v; run build.sh", name, err))
	}
	text, err := files.ReadFile(name + ".bin")
	if err != nil {
		panic(err)
	}
	code, err := hex.DecodeString(string(bytes.TrimSpace(text)))
	if err != nil {
		panic(fmt.Sprintf("contracts: %s.bin: %v; run build.sh", name, err))
	}
	return Contract{ABI: parsed, Code: code}
}
