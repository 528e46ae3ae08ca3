/**
 * Compaction: keeps the last record for each key and drops what it replaced.
 *
 * <h2>Place</h2>
 * Above {@code log.record} and {@code environment}; {@code log} plans runs, carries them out and swaps the results in.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>A {@link Compaction} is confined to one thread, which may block on disk; it goes on in steps, so whoever drives
 *       it sets its pace and can stop it between any two.</li>
 *   <li>It reads closed segments only, which nobody changes, and writes only files that nobody reads yet.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * Offsets stay. Of each key the record with the largest offset below the end of the run survives, unless it is a
 * tombstone past its delete horizon. Nothing at or beyond the last stable offset, the high watermark or the active
 * segment is touched. The first batch of each leader epoch and the last one of each active producer, of each segment that
 * was read and of the run stay, if need be without records. What replication wrote stays as it is: about 100 bytes for
 * each election and each change of voters.
 *
 * <h2>Failure</h2>
 * {@link java.io.IOException} and {@link io.thalweg.log.error.ThalwegException} (damage): the run is abandoned and its
 * files are deleted; the log is as it was.
 */
@NullMarked
package io.thalweg.log.compaction;

import org.jspecify.annotations.NullMarked;
