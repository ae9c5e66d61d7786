// Package payments is the engine: it issues deposit addresses, follows the
// chains, prices what arrives and credits it once.
package payments
