package io.thalweg.log.producer;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The {@code .snapshot} file, in Apache Kafka's format: version i16 = 1, crc u32 over what follows, count i32, then for
 * each producer its id i64, epoch i16, last sequence i32, last offset i64, offset delta i32, timestamp i64, coordinator
 * epoch i32 and first offset of its open transaction i64. Kafka's reader ignores what follows; there this codec keeps
 * the older of the last batches, so that a retry of any of them is told apart after a restart as well.
 *
 * <pre>
 * magic i32 "TWPB" | for each producer, in order: count i8, then count times
 *                    last sequence i32 | last offset i64 | offset delta i32 | timestamp i64
 * </pre>
 */
public final class ProducerSnapshotCodec {

    private static final short VERSION = 1;
    private static final int HEADER_BYTES = 6;
    private static final int ENTRY_BYTES = 46;
    private static final int BATCH_BYTES = 24;
    private static final int OLDER_BATCHES_MAGIC = 0x54575042;

    private ProducerSnapshotCodec() {}

    public static ByteBuffer encode(ProducerStates producers) {
        List<ProducerEntry> entries = new ArrayList<>(producers.entries());
        int older = 0;
        for (ProducerEntry entry : entries) {
            older += Math.max(0, entry.batches().size() - 1);
        }
        ByteBuffer bytes =
                ByteBuffer.allocate(HEADER_BYTES + 4 + entries.size() * (ENTRY_BYTES + 1) + 4 + older * BATCH_BYTES);
        bytes.putShort(VERSION).putInt(0).putInt(entries.size());
        for (ProducerEntry entry : entries) {
            int count = entry.batches().size();
            ProducerEntry.Batch last = count == 0 ? null : entry.batches().get(count - 1);
            bytes.putLong(entry.producerId())
                    .putShort(entry.producerEpoch())
                    .putInt(last == null ? -1 : last.lastSequence())
                    .putLong(last == null ? -1 : last.lastOffset())
                    .putInt(last == null ? 0 : last.offsetDelta())
                    .putLong(entry.lastTimestamp())
                    .putInt(entry.coordinatorEpoch())
                    .putLong(entry.currentTxnFirstOffset());
        }
        bytes.putInt(OLDER_BATCHES_MAGIC);
        for (ProducerEntry entry : entries) {
            int count = Math.max(0, entry.batches().size() - 1);
            bytes.put((byte) count);
            for (int i = 0; i < count; i++) {
                put(bytes, entry.batches().get(i));
            }
        }
        bytes.flip();
        bytes.putInt(Short.BYTES, checksum(bytes));
        return bytes;
    }

    private static void put(ByteBuffer bytes, ProducerEntry.Batch batch) {
        bytes.putInt(batch.lastSequence())
                .putLong(batch.lastOffset())
                .putInt(batch.offsetDelta())
                .putLong(batch.timestamp());
    }

    private static int checksum(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(HEADER_BYTES, bytes.limit() - HEADER_BYTES));
        return (int) crc.getValue();
    }

    /** Null if the bytes are not a whole snapshot. */
    public static @Nullable ProducerStates decode(ByteBuffer bytes) {
        if (bytes.limit() < HEADER_BYTES + 4
                || bytes.getShort(0) != VERSION
                || bytes.getInt(Short.BYTES) != checksum(bytes)) {
            return null;
        }
        int count = bytes.getInt(HEADER_BYTES);
        bytes.position(HEADER_BYTES + 4);
        if (count < 0 || bytes.remaining() < (long) count * ENTRY_BYTES) {
            return null;
        }
        List<ProducerEntry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(entry(bytes));
        }
        if (bytes.remaining() >= 4 && bytes.getInt() == OLDER_BATCHES_MAGIC) {
            for (int i = 0; i < count; i++) {
                entries.set(i, withOlder(bytes, entries.get(i)));
            }
        }
        ProducerStates producers = new ProducerStates();
        entries.forEach(producers::load);
        return producers;
    }

    private static ProducerEntry entry(ByteBuffer bytes) {
        long producerId = bytes.getLong();
        short epoch = bytes.getShort();
        int lastSequence = bytes.getInt();
        long lastOffset = bytes.getLong();
        int offsetDelta = bytes.getInt();
        long timestamp = bytes.getLong();
        List<ProducerEntry.Batch> batches = lastOffset < 0
                ? List.of()
                : List.of(new ProducerEntry.Batch(lastSequence, lastOffset, offsetDelta, timestamp));
        return new ProducerEntry(producerId, epoch, bytes.getInt(), bytes.getLong(), timestamp, batches);
    }

    private static ProducerEntry withOlder(ByteBuffer bytes, ProducerEntry entry) {
        int count = bytes.get();
        List<ProducerEntry.Batch> batches = new ArrayList<>(count + 1);
        for (int i = 0; i < count; i++) {
            batches.add(new ProducerEntry.Batch(bytes.getInt(), bytes.getLong(), bytes.getInt(), bytes.getLong()));
        }
        batches.addAll(entry.batches());
        return new ProducerEntry(
                entry.producerId(),
                entry.producerEpoch(),
                entry.coordinatorEpoch(),
                entry.currentTxnFirstOffset(),
                entry.lastTimestamp(),
                List.copyOf(batches));
    }
}
