/**
 * Connections between the brokers of a cluster: replication's frames, and calls with an answer.
 *
 * <h2>Place</h2>
 * Beside the doors and closed to their clients: a port of its own, on the cluster's address. Knows neither what the frames say
 * nor what is called.
 *
 * <pre>
 *   frame   | length: int32 | type: int8 | length - 1 bytes |
 *   hello   dialler: HELLO, acceptor: CHALLENGE, dialler: PROOF, acceptor: ACCEPTED or at any time REFUSED
 *   then    dialler: FRAME, REQUEST, PING; acceptor: RESPONSE, PONG
 * </pre>
 *
 * A broker dials every peer, so there are two connections between two brokers, each for the dialler's frames and calls.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link PeerTransport} is confined to the event-loop context that it was made with: its sockets, its timers, its
 *       listener and its handlers are all there.</li>
 *   <li>{@link PeerTransport#send} and {@link PeerTransport#call} may be called from any thread; the future of a call completes
 *       on the caller's context.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * One connection for each peer and direction, of the peer's greatest incarnation seen. A peer is told up and down alternately.
 * Frames of one connection arrive in their order, or the connection ends.
 *
 * <h2>Failure</h2>
 * Frames are dropped while a peer is away or too slow. A call fails with a retriable
 * {@link io.thalweg.log.error.ThalwegException}; whether it was carried out is then not known.
 */
@NullMarked
package io.thalweg.broker.peer;

import org.jspecify.annotations.NullMarked;
