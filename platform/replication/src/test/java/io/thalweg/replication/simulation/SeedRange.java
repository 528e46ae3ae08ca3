package io.thalweg.replication.simulation;

import java.util.function.LongFunction;

/**
 * Runs any range of seeds, for as long as that takes, and counts what happened; says so about once a minute. Not a test;
 * {@link SeedRangeTest} runs it, and so does {@code main}.
 */
final class SeedRange {

    private static final double NANOS_PER_SECOND = 1e9;
    private static final double SECONDS_PER_MINUTE = 60;

    private final String kind;
    private final long from;
    private final long to;
    private final LongFunction<Counted> run;
    private final long beganNanos = System.nanoTime();

    private long saidNanos = beganNanos;
    private long events;
    private long acknowledged;
    private long elections;
    private long faults;
    private int failed;

    private record Counted(long events, long acknowledged, long elections, long faults) {}

    /**
     * @param kind {@code replica} for one partition, {@code nodes} for whole nodes
     * @param to the first that is not run
     */
    SeedRange(String kind, long from, long to) {
        this.kind = kind;
        this.from = from;
        this.to = to;
        this.run = switch (kind) {
            case "replica" -> SeedRange::replica;
            case "nodes" -> SeedRange::nodes;
            default -> throw new IllegalArgumentException("kind=" + kind + "; replica or nodes");
        };
    }

    public static void main(String[] arguments) {
        int failed = new SeedRange(arguments[0], Long.parseLong(arguments[1]), Long.parseLong(arguments[2])).run();
        System.exit(failed == 0 ? 0 : 1);
    }

    private static Counted replica(long seed) {
        Simulation.Report report = new Simulation(seed, BrokenRule.NONE).run();
        return new Counted(report.events(), report.acknowledged(), report.elections(), report.faults());
    }

    private static Counted nodes(long seed) {
        NodesSimulation.Report report = new NodesSimulation(seed, NodesBrokenRule.NONE).run();
        return new Counted(report.events(), report.acknowledged(), report.elections(), report.faults());
    }

    /** How many failed. */
    int run() {
        for (long seed = from; seed < to; seed++) {
            try {
                add(run.apply(seed));
            } catch (AssertionError broken) {
                failed++;
                System.out.println("FAILED " + kind + " " + broken.getMessage());
            }
            if (System.nanoTime() - saidNanos > SECONDS_PER_MINUTE * NANOS_PER_SECOND) {
                saidNanos = System.nanoTime();
                say(seed + 1);
            }
        }
        say(to);
        return failed;
    }

    private void add(Counted counted) {
        events += counted.events();
        acknowledged += counted.acknowledged();
        elections += counted.elections();
        faults += counted.faults();
    }

    private void say(long next) {
        double seconds = (System.nanoTime() - beganNanos) / NANOS_PER_SECOND;
        System.out.printf(
                "%s: seeds %d to %d, %,d seeds a minute; %,d events, %,d acknowledged, %,d elections, %,d faults; failed=%d%n",
                kind,
                from,
                next - 1,
                Math.round((next - from) / seconds * SECONDS_PER_MINUTE),
                events,
                acknowledged,
                elections,
                faults,
                failed);
        System.out.flush();
    }
}
