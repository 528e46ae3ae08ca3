package io.thalweg.log.record;

/** Reads the fields of records one after the other, from memory or from a stream that is being inflated. */
abstract class RecordCursor {

    /** The bytes ended inside a field, or a field is not well formed. */
    static final class MalformedException extends RuntimeException {
        MalformedException(String message) {
            super(message, null, false, false);
        }
    }

    /** The stream inflated beyond its limit. */
    static final class TooLargeException extends RuntimeException {
        TooLargeException(String message) {
            super(message, null, false, false);
        }
    }

    abstract byte readByte();

    /** Skips {@code count >= 0} bytes. */
    abstract void skip(int count);

    /** Bytes read and skipped so far. */
    abstract long consumed();

    /** Whether everything was read. */
    abstract boolean atEnd();

    /** A zigzag varint of at most 5 bytes. */
    final int readVarint() {
        int b = readByte();
        if (b >= 0) {
            return (b >>> 1) ^ -(b & 1);
        }
        int raw = b & 0x7f;
        for (int shift = 7; shift < 35; shift += 7) {
            b = readByte();
            raw |= (b & 0x7f) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new MalformedException("a varint is longer than 5 bytes");
    }

    /** A zigzag varlong of at most 10 bytes. */
    final long readVarlong() {
        long b = readByte();
        if (b >= 0) {
            return (b >>> 1) ^ -(b & 1);
        }
        long raw = b & 0x7f;
        for (int shift = 7; shift < 70; shift += 7) {
            b = readByte();
            raw |= (b & 0x7f) << shift;
            if (b >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
        throw new MalformedException("a varlong is longer than 10 bytes");
    }
}
