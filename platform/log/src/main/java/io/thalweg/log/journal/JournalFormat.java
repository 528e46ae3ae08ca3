package io.thalweg.log.journal;

import io.thalweg.log.LogId;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.apache.kafka.common.Uuid;

/** Where the fields of groups and entries lie. */
public final class JournalFormat {

    public static final int GROUP_HEADER_BYTES = 32;
    public static final int ENTRY_HEADER_BYTES = 40;
    static final int PAGE_BYTES = 4096;
    static final String SUFFIX = ".journal";

    private static final int MAGIC = 0x54574A31;
    private static final int CRC = 4;
    private static final int SEQUENCE = 8;
    private static final int PAYLOAD_BYTES = 16;
    private static final int PAYLOAD_CRC = 20;
    private static final int ENTRY_COUNT = 24;
    private static final int ENTRY_BYTES = 32;

    private JournalFormat() {}

    static void writeGroupHeader(
            ByteBuffer buffer, int at, long sequence, int payloadBytes, int payloadCrc, int entryCount) {
        buffer.putInt(at, MAGIC);
        buffer.putLong(at + SEQUENCE, sequence);
        buffer.putInt(at + PAYLOAD_BYTES, payloadBytes);
        buffer.putInt(at + PAYLOAD_CRC, payloadCrc);
        buffer.putInt(at + ENTRY_COUNT, entryCount);
        buffer.putInt(at + ENTRY_COUNT + 4, 0);
        buffer.putInt(at + CRC, headerCrc(buffer, at));
    }

    private static int headerCrc(ByteBuffer buffer, int at) {
        return crc(buffer.slice(at + SEQUENCE, GROUP_HEADER_BYTES - SEQUENCE));
    }

    static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    /** Whether a group's header lies at {@code at}, whole. */
    static boolean isGroup(ByteBuffer buffer, int at) {
        return buffer.getInt(at) == MAGIC
                && buffer.getInt(at + CRC) == headerCrc(buffer, at)
                && buffer.getInt(at + PAYLOAD_BYTES) >= 0;
    }

    static long sequence(ByteBuffer buffer, int at) {
        return buffer.getLong(at + SEQUENCE);
    }

    static int payloadBytes(ByteBuffer buffer, int at) {
        return buffer.getInt(at + PAYLOAD_BYTES);
    }

    static int payloadCrc(ByteBuffer buffer, int at) {
        return buffer.getInt(at + PAYLOAD_CRC);
    }

    static int entryCount(ByteBuffer buffer, int at) {
        return buffer.getInt(at + ENTRY_COUNT);
    }

    /** Writes an entry's header; {@code bytes} may be set later by {@link #entryBytes}. */
    public static void writeEntryHeader(ByteBuffer buffer, int at, LogId id, EntryKind kind, long offset, int bytes) {
        buffer.putLong(at, id.topicId().getMostSignificantBits());
        buffer.putLong(at + 8, id.topicId().getLeastSignificantBits());
        buffer.putInt(at + 16, id.partition());
        buffer.putInt(at + 20, kind.code());
        buffer.putLong(at + 24, offset);
        buffer.putInt(at + ENTRY_BYTES, bytes);
        buffer.putInt(at + ENTRY_BYTES + 4, 0);
    }

    /** Sets the bytes that follow the entry's header. */
    public static void entryBytes(ByteBuffer buffer, int at, int bytes) {
        buffer.putInt(at + ENTRY_BYTES, bytes);
    }

    static LogId id(ByteBuffer buffer, int at) {
        return new LogId(new Uuid(buffer.getLong(at), buffer.getLong(at + 8)), buffer.getInt(at + 16));
    }

    static int kind(ByteBuffer buffer, int at) {
        return buffer.getInt(at + 20);
    }

    static long offset(ByteBuffer buffer, int at) {
        return buffer.getLong(at + 24);
    }

    static int bytes(ByteBuffer buffer, int at) {
        return buffer.getInt(at + ENTRY_BYTES);
    }

    static long pages(long bytes) {
        return (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    }
}
