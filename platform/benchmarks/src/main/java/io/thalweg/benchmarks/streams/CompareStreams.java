package io.thalweg.benchmarks.streams;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** {@code compare-streams [ROUNDS [CELL,...]]}: records per CPU second of a task, ours and Kafka Streams' taking turns. */
public final class CompareStreams {

    private static final int WARM_UP = 2;

    private CompareStreams() {}

    public static void main(String[] args) {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        List<StreamsCell> cells = new ArrayList<>(List.of(StreamsCell.values()));
        if (args.length > 1) {
            cells.removeIf(cell -> !Arrays.asList(args[1].split(",")).contains(cell.name()));
        }
        PrintStream out =
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
        out.println("| topology | Kafka Streams 4.3.1 | Thalweg | ratio |");
        out.println("|---|---|---|---|");
        for (StreamsCell cell : cells) {
            out.println(row(cell, rounds));
        }
    }

    private static String row(StreamsCell cell, int rounds) {
        StreamsLoad load = StreamsLoad.of(cell, cell.thousandRecords * 1_000);
        double[] kafka = new double[rounds];
        double[] ours = new double[rounds];
        for (int i = -WARM_UP; i < rounds; i++) {
            Turn theirTurn = KafkaTurn.run(cell, load);
            Turn ourTurn = OurTurn.run(cell, load);
            if (theirTurn.sent() != ourTurn.sent()) {
                throw new IllegalStateException(
                        cell.title + ": Kafka Streams sent " + theirTurn.sent() + " records, ours " + ourTurn.sent());
            }
            if (i >= 0) {
                kafka[i] = theirTurn.recordsPerCpuSecond();
                ours[i] = ourTurn.recordsPerCpuSecond();
            }
        }
        return "| %s | %,.0f k/s | %,.0f k/s (%,.0f to %,.0f) | %.1f |"
                .formatted(
                        cell.title,
                        median(kafka) / 1000,
                        median(ours) / 1000,
                        Arrays.stream(ours).min().orElse(0) / 1000,
                        Arrays.stream(ours).max().orElse(0) / 1000,
                        median(ours) / median(kafka));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
