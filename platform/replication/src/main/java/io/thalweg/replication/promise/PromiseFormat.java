package io.thalweg.replication.promise;

import io.thalweg.log.Durability;
import io.thalweg.log.LogId;
import io.thalweg.replication.EpochPromise;
import io.thalweg.replication.Voters;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the file, big-endian. Each group was one write and one flush; the mark behind it was written when the flush had
 * returned, so a damaged group with a mark is not a torn one.
 *
 * <pre>
 * file    { group | mark }                          then zeros
 * group   magic "TWPG" | sequence i64 | length i32 | crc i32 of sequence, length and entries | entries
 * mark    magic "TWPM" | sequence i64 | crc i32 of the sequence
 * entry   kind u8 | fields
 *   1 state   log | epoch i32 | voted for i32 | trusted u8 | voters u8 { broker i32 }
 *   2 forget  log
 *   3 boot    durability u8 | length u8 | id          the first of the file
 *   4 clean                                           the last of a run that flushed its logs
 *   5 lost    log                                     it was here when this file was not; until a state or a forget
 * log     topic id 2 x i64 | partition i32
 * </pre>
 */
final class PromiseFormat {

    static final int GROUP_HEADER_BYTES = 20;
    static final int MARK_BYTES = 16;

    private static final int GROUP = 0x54575047;
    private static final int MARK = 0x5457504D;
    private static final byte MAGIC_FIRST = 'T';
    private static final int LENGTH = 12;

    private static final byte STATE = 1;
    private static final byte FORGET = 2;
    private static final byte BOOT = 3;
    private static final byte CLEAN = 4;
    private static final byte LOST = 5;
    private static final byte FSYNC = 0;
    private static final byte OS = 1;

    private static final int LOG_BYTES = 20;
    private static final int STATE_BYTES = 1 + LOG_BYTES + 10;
    private static final int BOOT_BYTES = 3;

    /** Of one log whose promises are lost. */
    static final int LOST_BYTES = 1 + LOG_BYTES;

    private static final int VOTERS_MAX = 255;

    private PromiseFormat() {}

    /** What a file says, entry by entry. */
    interface Visitor {
        void state(LogId id, ReplicaState state);

        void forgotten(LogId id);

        void boot(Boot boot);

        void clean();

        void lost(LogId id);
    }

    // ---- writing

    /**
     * A group, its mark's place not included.
     *
     * @param lost logs whose promises are lost
     * @param changes null values are forgotten
     */
    static ByteBuffer group(
            long sequence,
            @Nullable Boot boot,
            Set<LogId> lost,
            Map<LogId, @Nullable ReplicaState> changes,
            boolean clean) {
        int bytes = GROUP_HEADER_BYTES + (clean ? 1 : 0) + lost.size() * LOST_BYTES;
        byte[] bootId = boot == null ? new byte[0] : boot.id().getBytes(StandardCharsets.UTF_8);
        bytes += boot == null ? 0 : BOOT_BYTES + bootId.length;
        for (ReplicaState state : changes.values()) {
            bytes += bytes(state);
        }
        ByteBuffer group = ByteBuffer.allocate(bytes).position(GROUP_HEADER_BYTES);
        if (boot != null) {
            group.put(BOOT)
                    .put(boot.durability() == Durability.FSYNC ? FSYNC : OS)
                    .put((byte) bootId.length);
            group.put(bootId);
        }
        lost.forEach(id -> put(group.put(LOST), id));
        changes.forEach((id, state) -> change(group, id, state));
        if (clean) {
            group.put(CLEAN);
        }
        group.flip();
        group.putInt(0, GROUP).putLong(4, sequence).putInt(LENGTH, bytes - GROUP_HEADER_BYTES);
        return group.putInt(16, groupCrc(group, 0, bytes - GROUP_HEADER_BYTES));
    }

    static int bytes(@Nullable ReplicaState state) {
        return state == null
                ? 1 + LOG_BYTES
                : STATE_BYTES + 4 * state.voters().ids().size();
    }

    private static void change(ByteBuffer to, LogId id, @Nullable ReplicaState state) {
        put(to.put(state == null ? FORGET : STATE), id);
        if (state == null) {
            return;
        }
        Set<Integer> voters = state.voters().ids();
        if (voters.size() > VOTERS_MAX) {
            throw new IllegalArgumentException("voters=" + voters.size() + "; at most " + VOTERS_MAX);
        }
        to.putInt(state.promise().epoch()).putInt(state.promise().votedFor());
        to.put((byte) (state.trusted() ? 1 : 0)).put((byte) voters.size());
        voters.forEach(to::putInt);
    }

    private static void put(ByteBuffer to, LogId id) {
        to.putLong(id.topicId().getMostSignificantBits());
        to.putLong(id.topicId().getLeastSignificantBits());
        to.putInt(id.partition());
    }

    static ByteBuffer mark(long sequence) {
        ByteBuffer mark = ByteBuffer.allocate(MARK_BYTES);
        mark.putInt(0, MARK).putLong(4, sequence);
        return mark.putInt(12, crc(mark.slice(4, 8)));
    }

    // ---- reading

    /** Whether a whole group with this sequence number begins at {@code at}. */
    static boolean isGroup(ByteBuffer file, int at, long sequence) {
        return sequenceOfGroup(file, at) == sequence;
    }

    /** -1 if no whole group begins there. */
    private static long sequenceOfGroup(ByteBuffer file, int at) {
        if (file.limit() - at < GROUP_HEADER_BYTES || file.getInt(at) != GROUP) {
            return -1;
        }
        int length = length(file, at);
        boolean whole = length >= 0
                && length <= file.limit() - at - GROUP_HEADER_BYTES
                && file.getInt(at + 16) == groupCrc(file, at, length);
        return whole ? file.getLong(at + 4) : -1;
    }

    static int length(ByteBuffer file, int at) {
        return file.getInt(at + LENGTH);
    }

    private static long sequenceOfMark(ByteBuffer file, int at) {
        boolean whole = file.limit() - at >= MARK_BYTES
                && file.getInt(at) == MARK
                && file.getInt(at + 12) == crc(file.slice(at + 4, 8));
        return whole ? file.getLong(at + 4) : -1;
    }

    /**
     * Whether anything behind {@code at} was written after the group with this sequence number had been flushed: its mark, or a
     * later group.
     */
    static boolean wasFlushed(ByteBuffer file, int at, long sequence) {
        for (int i = at; i <= file.limit() - MARK_BYTES; i++) {
            if (file.get(i) != MAGIC_FIRST) {
                continue;
            }
            if (sequenceOfMark(file, i) >= sequence || sequenceOfGroup(file, i) > sequence) {
                return true;
            }
        }
        return false;
    }

    /** Visits the entries of the whole group at {@code at}. */
    static void read(ByteBuffer file, int at, Visitor visitor) throws PromisesDamaged {
        ByteBuffer entries = file.slice(at + GROUP_HEADER_BYTES, length(file, at));
        try {
            while (entries.hasRemaining()) {
                byte kind = entries.get();
                switch (kind) {
                    case STATE -> {
                        LogId id = log(entries);
                        visitor.state(id, state(entries));
                    }
                    case FORGET -> visitor.forgotten(log(entries));
                    case BOOT -> visitor.boot(boot(entries));
                    case CLEAN -> visitor.clean();
                    case LOST -> visitor.lost(log(entries));
                    default ->
                        throw new PromisesDamaged("entry of unknown kind " + kind + "; is it of a newer version?");
                }
            }
        } catch (BufferUnderflowException | IllegalArgumentException | ArrayIndexOutOfBoundsException malformed) {
            throw new PromisesDamaged("entries that cannot be read, under a right checksum: " + malformed);
        }
    }

    private static LogId log(ByteBuffer entries) {
        return new LogId(new Uuid(entries.getLong(), entries.getLong()), entries.getInt());
    }

    private static ReplicaState state(ByteBuffer entries) {
        EpochPromise promise = new EpochPromise(entries.getInt(), entries.getInt());
        boolean trusted = entries.get() != 0;
        int count = Byte.toUnsignedInt(entries.get());
        Set<Integer> voters = new TreeSet<>();
        for (int i = 0; i < count; i++) {
            voters.add(entries.getInt());
        }
        return new ReplicaState(promise, trusted, Voters.of(voters));
    }

    private static Boot boot(ByteBuffer entries) {
        Durability durability = entries.get() == FSYNC ? Durability.FSYNC : Durability.OS;
        byte[] id = new byte[Byte.toUnsignedInt(entries.get())];
        entries.get(id);
        return new Boot(new String(id, StandardCharsets.UTF_8), durability);
    }

    private static int groupCrc(ByteBuffer buffer, int at, int length) {
        CRC32C crc = new CRC32C();
        crc.update(buffer.slice(at + 4, 12));
        crc.update(buffer.slice(at + GROUP_HEADER_BYTES, length));
        return (int) crc.getValue();
    }

    private static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
