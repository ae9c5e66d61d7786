// Package bitauth holds the key by which a merchant's program identifies itself
// to BitPay: a secp256k1 key pair, the SIN derived from it, and signatures of
// requests. A [Key] implements the Signer of package bitpay.
//
//	key, err := bitauth.NewKey()            // once; keep key.Reveal() where secrets are kept
//	key, err := bitauth.ParseKey(kept)      // at every start
//	client, err := bitpay.New(bitpay.Config{Environment: bitpay.Test, Signer: key, …})
//
// What is signed is SHA-256 of the request's URL followed by its body; no time
// and no nonce take part, so a recorded request can be replayed by whoever sees
// it: TLS is what protects it. Signatures are deterministic (RFC 6979), in DER,
// with a low S; [Verify] also accepts a high S, because half of the signatures of
// BitPay's own Node client have one.
//
// A key never shows itself: every way of printing, logging or encoding one gives
// its SIN. Only [Key.Reveal] returns it.
//
// Sources: BitPay's API guide, "Making requests" and "Signature"
// (https://developer.bitpay.com/docs/getting-started), and the BitAuth
// description of SINs (https://en.bitcoin.it/wiki/Identity_protocol_v1).
package bitauth
