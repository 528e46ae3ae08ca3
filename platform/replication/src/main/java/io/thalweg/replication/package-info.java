/**
 * One replica of one partition: who leads it, what is committed, what a follower must cut off. Pull-based Raft as in KIP-595,
 * with pre-vote (KIP-996) and voter changes one at a time through the log (KIP-853); the log's leader epochs are the terms.
 *
 * <h2>Place</h2>
 * Above the log, of which it sees {@link io.thalweg.replication.ReplicaLog} alone; below the broker, which carries its
 * effects out. Knows no clock, no timer, no network and no disk: silence, failure and durability are told to it.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link io.thalweg.replication.Replica} is confined: one owner calls it, one call at a time.</li>
 *   <li>Every call returns effects. The owner carries them out in order, and none that follows an
 *       {@link io.thalweg.replication.Effect.Promise} before that promise is durable; meanwhile it makes no further call.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * <ol>
 *   <li>An epoch is promised once, to one candidate, and is durable before it is answered.</li>
 *   <li>At most one leader for each epoch; it holds every record that was committed in an older one. The epoch in which a record
 *       is committed is that of the leader that commits it, not the record's own (see below).</li>
 *   <li>The high watermark passes a record when a majority of the assigned replicas holds it durably, and the leader does, all of
 *       them in the leader's epoch, and the leader has a record of its own epoch among them. It never goes back.</li>
 *   <li>In one epoch an offset is one record: a leader whose log loses what followers may have been sent, be it not durable yet, leads
 *       no longer and appends nothing more in that epoch.</li>
 *   <li>A follower truncates to the end of the last epoch that it shares with the leader, never to its high watermark
 *       (KIP-101, KIP-279), and never below it.</li>
 *   <li>A replica that may have lost records or promises neither votes nor counts until it holds all that was committed, and
 *       a record that keeps out whoever was promised something ({@link io.thalweg.replication.Replica#restoresTrust}).</li>
 * </ol>
 *
 * <h2>A late leader</h2>
 * Votes travel: a candidate of epoch 5 may hear its last one when another replica leads 6 already. It leads 5 then, and may lack
 * what was committed in 6. It does no harm, because whoever elected the leader of 6 promised 6 first:
 * <ol>
 *   <li>It commits only what a majority flushed in 5, a record of 5 among it. One of those voted in 6, and before it promised
 *       that: afterwards it takes nothing of 5. Its vote went to a log at least as complete, so the leader of 6 holds all that
 *       the one of 5 can still commit, and acknowledge.</li>
 *   <li>It cuts off only those that have not promised 6. None of them counts for what is committed in 6, and what they hold that
 *       was committed before, the leader of 5 holds too.</li>
 *   <li>Its readers see nothing above its own high watermark, and nothing before a record of 5 is committed.</li>
 *   <li>The first replica in 6 that it hears deposes it, and it announces itself to those that do not fetch.</li>
 * </ol>
 *
 * <h2>Failure</h2>
 * A broken invariant throws {@link io.thalweg.replication.InvariantViolation}: our own bug. The owner takes the replica
 * offline; it must not go on.
 */
@NullMarked
package io.thalweg.replication;

import org.jspecify.annotations.NullMarked;
