// Package vault holds the keys of a store and seals what it keeps, so that a
// copy of the database, the spool or the queue's files is worth nothing.
//
// # Two levels, one concept
//
// A [Ring] is rooted in an X25519 key pair. Whoever has the public half can
// make data keys and seal with them; only the private half opens them again.
// That is how recording goes on while the store is locked, and how a worker
// reads the chunks that were sealed to it and nothing else.
//
//	key-encryption key (32 random bytes, wrapped in vault.json)
//	  ├ HKDF ─► fingerprints, by which a file is known again
//	  └ HKDF ─► root ring
//	              └ data key, one a session (stored beside the session, wrapped)
//	                  ├ HKDF ─► key of the session's columns: title, text, items
//	                  ├ HKDF ─► keys of its parcels to workers, and of its keyed hashes
//	                  └ HKDF ─► the session's own ring
//	                              └ data key, one a minute of its sound (in the minute's file, wrapped)
//
// To strike a minute is to destroy one wrapped key; to forget a session is to
// destroy another: everything below it is noise from then on, in backups too
// if the key was never copied there.
//
// # What is sealed with what
//
//	wrapped key   version 1 | HPKE (RFC 9180: X25519, HKDF-SHA256, ChaCha20-Poly1305), base mode
//	sealed value  version 1 | nonce 24 | XChaCha20-Poly1305; associated data: version, context
//	parcel        version 1 | recipients n | n × HPKE of the parcel key | reply-to key | nonce | XChaCha20-Poly1305
//	reply         version 1 | HPKE share | nonce | XChaCha20-Poly1305 under (HPKE secret, parcel key)
//	vault.json    format, version, public half of the root ring, how the key is kept, the wrap, a canary
//	the wrap      age scrypt (passphrase), or XChaCha20-Poly1305 under a secret in the keyring or the key file
//	backup        age scrypt
//
// Every use of a secret goes through HKDF-SHA256 with a label of its own, so
// that no key serves two purposes. The context of a sealed value names table,
// row and column: a value moved elsewhere does not open. Nonces are random;
// 24 bytes leave room for any number of them.
//
// # On disk
//
//	keys/             0700
//	  vault.json      0600  replaced as a whole: written aside, synced, renamed, folder synced
//	  <id>.key        0600  only where the key is kept by a key file; each change makes a new one
//
// # What this protects, and what not
//
//   - Kept by a passphrase: a stolen disk holds nothing readable while the
//     store is locked. How long it holds depends on the passphrase; scrypt
//     makes each guess cost one to three seconds and 256 MiB.
//   - Kept in the system's keyring: as good as the login password, while
//     logged out. Any program of the same user may ask a keyring that is open.
//   - Kept by a key file: a database, a spool or a backup copied WITHOUT the
//     keys folder holds nothing readable. It is no protection against a
//     stolen disk, nor against anyone who can read the user's files, since the
//     key lies beside the lock. It makes forgetting real: a destroyed data
//     key takes its session with it.
//   - Sealing shows tampering: a sealed value that was changed or moved does
//     not open. It does not say who sealed it: whoever can write to the disk
//     can make up a new session with the public half, as recording itself
//     does, and can put an old copy of a file in place of a new one. If
//     somebody swaps the public half in vault.json, the next unlock says so;
//     what was recorded in between is theirs.
//   - A program that runs as the same user while the store is open can read
//     the memory of this one. Keys are wiped when forgotten where Go allows:
//     our own buffers are; copies inside the cipher and X25519 objects of the
//     libraries, and passphrases (they are strings), stay in memory until it
//     is used again, and may be swapped out.
package vault
