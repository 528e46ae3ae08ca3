/**
 * One segment of a log: a file of batches, and what is derived from it.
 *
 * <pre>
 * &lt;base20&gt;.log        whole batches, offsets strictly increasing from the base offset
 * &lt;base20&gt;.index      per entry: last offset of a batch - base i32 | position of that batch i32
 * &lt;base20&gt;.timeindex  per entry: largest timestamp so far i64 | offset of its batch's last record - base i32
 * &lt;base20&gt;.txnindex   per entry: version i16 = 0 | producerId i64 | firstOffset i64 | lastOffset i64 | LSO i64
 * </pre>
 *
 * All numbers are big-endian and the formats are Apache Kafka's, so that its tools read them.
 *
 * <h2>Place</h2>
 * Above {@code log.file} and {@code log.record}; below {@code PartitionLog}.
 *
 * <h2>Threading</h2>
 * <ol>
 *   <li>{@link Segment} is changed under its log's lock; sizes and index are read from any thread.</li>
 *   <li>{@link SegmentIndex} has one writer; readers see what was added before they looked.</li>
 *   <li>{@link BatchScanner} belongs to one caller.</li>
 * </ol>
 *
 * <h2>Invariants</h2>
 * An index entry never points past the end of its segment. Indexes are caches: a file of one that is missing, short or
 * inconsistent is rebuilt from the log, never the other way round. They are never mapped into memory and are written
 * when the segment is closed; until then they live in memory.
 *
 * <h2>Failure</h2>
 * {@link java.io.IOException}: the caller decides. A batch that is not what its header says is reported, not skipped.
 */
@NullMarked
package io.thalweg.log.segment;

import org.jspecify.annotations.NullMarked;
