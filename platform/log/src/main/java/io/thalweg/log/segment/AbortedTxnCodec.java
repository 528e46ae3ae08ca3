package io.thalweg.log.segment;

import io.thalweg.log.AbortedTxn;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code .txnindex} file. */
public final class AbortedTxnCodec {

    private static final int ENTRY_BYTES = 34;
    private static final short VERSION = 0;

    private AbortedTxnCodec() {}

    public static ByteBuffer encode(List<AbortedTxn> aborted) {
        ByteBuffer bytes = ByteBuffer.allocate(aborted.size() * ENTRY_BYTES);
        for (AbortedTxn txn : aborted) {
            bytes.putShort(VERSION)
                    .putLong(txn.producerId())
                    .putLong(txn.firstOffset())
                    .putLong(txn.lastOffset())
                    .putLong(txn.lastStableOffset());
        }
        return bytes.flip();
    }

    /** Null if the bytes are not the aborted transactions of a segment with these offsets. */
    public static @Nullable List<AbortedTxn> decode(ByteBuffer bytes, long baseOffset, long nextOffset) {
        if (bytes.remaining() % ENTRY_BYTES != 0) {
            return null;
        }
        List<AbortedTxn> aborted = new ArrayList<>(bytes.remaining() / ENTRY_BYTES);
        long previous = baseOffset - 1;
        while (bytes.hasRemaining()) {
            short version = bytes.getShort();
            AbortedTxn txn = new AbortedTxn(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
            if (version != VERSION
                    || txn.lastOffset() <= previous
                    || txn.lastOffset() >= nextOffset
                    || txn.firstOffset() > txn.lastOffset()) {
                return null;
            }
            previous = txn.lastOffset();
            aborted.add(txn);
        }
        return aborted;
    }
}
