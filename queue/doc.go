// Package queue carries sealed chunks to workers and their sealed text back,
// at least once each, over NATS JetStream.
//
// # Why a queue
//
// The speech engine is C code in a child process, or a program on another
// computer. It may crash, hang, be killed or lose the network. The queue is
// the bell and the carrier: it wakes a worker, hands it a sealed chunk, and
// hands the same chunk to another one if the first goes away. It is never the
// record. What is done, what is pending and how often a chunk was tried stands
// in the hub's [Ledger]; all files of the queue may be deleted while the hub is
// down, and nothing is lost once the hub publishes again what its ledger calls
// pending. Publishing twice does no harm: the stream holds at most one message
// per chunk.
//
// # The parts
//
//   - A [Server] is the nats-server inside the hub. It opens no port. Other
//     processes of the same user reach it by a Unix socket (mode 0600), which
//     is bridged to the server connection by connection.
//   - A [Queue] is a connection: to a Server in the same process, to the socket
//     of a hub, or to any NATS server by URL.
//   - The hub calls [Queue.Publish] and [Queue.ServeLedger], a worker calls
//     [Queue.Work].
//
// # The way of one job
//
//	hub                      stream              worker
//	Publish ───────────────► afterword.chunk.<session>.<seq>
//	                             └─────────────► pulls it; says every 10 s that it is alive
//	Ledger.Begin ◄────────────────────────────── afterword.hub.begin   (the attempt is counted before work starts)
//	                                             works
//	Ledger.Commit ◄───────────────────────────── afterword.hub.result
//	    └── committed ─────────────────────────► acknowledges: only now the message goes
//
// A job whose work failed goes back with a delay that grows with each attempt.
// When a worker's connection breaks, the hub gives back at once what that
// worker had in hand, and from then on such a job is begun only by a worker
// that holds nothing else: a chunk that kills workers takes no neighbour with
// it, and after [models.MaxAttempts] the ledger sets it aside.
//
// # Traps that shaped it
//
// The server syncs every write (the default of two minutes lost 14 % of
// acknowledged messages in a power cut). It is never given a JetStreamKey
// (kill -9 lost whole streams); payloads are sealed by the caller instead. Its
// window for duplicates dies with a restart, so the stream itself refuses a
// second message on a subject. A folder that does not load is never built
// upon: it is renamed aside. A full disk stops JetStream until the server is
// started again, so [Server] does that by itself once there is room.
package queue
