package io.thalweg.log.record;

import java.util.Locale;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;

/** How the records of a batch are compressed. The ordinal is the number in the batch's attributes. */
public enum CompressionCodec {
    NONE(CompressionType.NONE),
    GZIP(CompressionType.GZIP),
    SNAPPY(CompressionType.SNAPPY),
    LZ4(CompressionType.LZ4),
    ZSTD(CompressionType.ZSTD);

    private static final CompressionCodec[] BY_ID = values();

    private final Compression compression;

    CompressionCodec(CompressionType type) {
        this.compression = Compression.of(type).build();
    }

    /** Kafka's word in configurations: {@code none}, {@code gzip}, {@code snappy}, {@code lz4} or {@code zstd}. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The codec with this number. */
    static boolean known(int id) {
        return id >= 0 && id < BY_ID.length;
    }

    static CompressionCodec of(int id) {
        return BY_ID[id];
    }

    Compression compression() {
        return compression;
    }
}
