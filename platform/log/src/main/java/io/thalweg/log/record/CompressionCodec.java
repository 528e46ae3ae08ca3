package io.thalweg.log.record;

import java.util.Locale;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;

/** How the records of a batch are compressed. */
public enum CompressionCodec {
    NONE(CompressionType.NONE),
    GZIP(CompressionType.GZIP),
    SNAPPY(CompressionType.SNAPPY),
    LZ4(CompressionType.LZ4),
    ZSTD(CompressionType.ZSTD);

    /** Kafka's numbers are 0 to 4 in this order, which a test holds. */
    private static final CompressionCodec[] BY_ID = values();

    private final CompressionType type;

    CompressionCodec(CompressionType type) {
        this.type = type;
    }

    /** Kafka's word in configurations: {@code none}, {@code gzip}, {@code snappy}, {@code lz4} or {@code zstd}. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The number in a batch's attributes. */
    int id() {
        return type.id;
    }

    static boolean known(int id) {
        return id >= 0 && id < BY_ID.length;
    }

    static CompressionCodec of(int id) {
        return BY_ID[id];
    }

    Compression compression() {
        return Compression.of(type).build();
    }
}
