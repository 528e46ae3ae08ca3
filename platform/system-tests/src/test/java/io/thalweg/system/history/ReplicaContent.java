package io.thalweg.system.history;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * What one replica of a partition holds on its disk, batch by batch. Read from the segment files by their documented format
 * (docs/FORMAT.md) and by nothing of the log's own code, which is what is judged.
 *
 * @param replica whose it is, as findings name it
 * @param highWatermark below which the replica knows everything to be committed
 * @param batches in order
 */
public record ReplicaContent(String replica, long startOffset, long highWatermark, List<Batch> batches) {

    private static final int BATCH_HEAD_BYTES = 61;
    private static final int LENGTH_COUNTS_FROM = 12;
    private static final int LENGTH_AT = 8;
    private static final int EPOCH_AT = 12;
    private static final int LAST_OFFSET_DELTA_AT = 23;

    public ReplicaContent {
        batches = List.copyOf(batches);
    }

    /**
     * @param nextOffset after its last record
     * @param crc of all its bytes, those included that its own checksum does not cover
     */
    public record Batch(long baseOffset, long nextOffset, int epoch, long crc) {}

    /** The offset after the last batch. */
    public long endOffset() {
        return batches.isEmpty() ? startOffset : batches.get(batches.size() - 1).nextOffset();
    }

    /**
     * Reads one log of a data directory that a node closed in order. Blocks.
     *
     * @param log the log's directory name, topic id and partition
     * @return empty if the directory has no such log
     * @throws IOException if the node was not stopped in order: then the journal holds what segments lack
     */
    public static java.util.Optional<ReplicaContent> read(String replica, Path dataDirectory, String log)
            throws IOException {
        List<String> checkpoint = Files.readAllLines(dataDirectory.resolve("thalweg-checkpoint"));
        if (!checkpoint.get(0).startsWith("thalweg-checkpoint 1 clean ")) {
            throw new IOException("the node was not stopped in order: " + dataDirectory + " says " + checkpoint.get(0));
        }
        for (String line : checkpoint) {
            String[] fields = line.split(" ");
            if (fields[0].equals(log)) {
                long start = Long.parseLong(fields[1]);
                long highWatermark = Long.parseLong(fields[4]);
                return java.util.Optional.of(
                        new ReplicaContent(replica, start, highWatermark, batches(dataDirectory.resolve(log), start)));
            }
        }
        return java.util.Optional.empty();
    }

    private static List<Batch> batches(Path directory, long start) throws IOException {
        List<Path> segments = new ArrayList<>();
        if (Files.isDirectory(directory)) {
            try (Stream<Path> files = Files.list(directory)) {
                files.filter(file -> file.getFileName().toString().matches("\\d{20}\\.log"))
                        .sorted()
                        .forEach(segments::add);
            }
        }
        List<Batch> batches = new ArrayList<>();
        for (Path segment : segments) {
            read(segment, start, batches);
        }
        return batches;
    }

    private static void read(Path segment, long start, List<Batch> into) throws IOException {
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.READ)) {
            ByteBuffer bytes = file.map(FileChannel.MapMode.READ_ONLY, 0, file.size());
            while (bytes.remaining() >= BATCH_HEAD_BYTES) {
                int at = bytes.position();
                long base = bytes.getLong(at);
                int size = bytes.getInt(at + LENGTH_AT) + LENGTH_COUNTS_FROM;
                if (size < BATCH_HEAD_BYTES || size > bytes.remaining()) {
                    return; // what follows is no batch: the replica ends here, and the comparison says so
                }
                long next = base + bytes.getInt(at + LAST_OFFSET_DELTA_AT) + 1;
                CRC32C crc = new CRC32C();
                crc.update(bytes.slice(at, size));
                if (next > start) {
                    into.add(new Batch(base, next, bytes.getInt(at + EPOCH_AT), crc.getValue()));
                }
                bytes.position(at + size);
            }
        }
    }
}
