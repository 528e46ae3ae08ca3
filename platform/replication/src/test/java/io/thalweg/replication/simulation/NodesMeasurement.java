package io.thalweg.replication.simulation;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Prints what many partitions cost on three nodes with default settings, of CPU time really, of waiting in virtual time. Not a
 * test. Flushes take 0.1 to 0.9 ms, now and then up to 300 ms; the network 0.05 to 0.35 ms.
 */
final class NodesMeasurement {

    private static final double NANOS_PER_MILLI = 1e6;
    private static final int IDLE_SECONDS = 60;

    private NodesMeasurement() {}

    public static void main(String[] arguments) {
        int partitions = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5_000;
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        NodesSimulation simulation = NodesSimulation.large(3, partitions);
        simulation.begin();
        long began = threads.getCurrentThreadCpuTime();
        untilLed(simulation, partitions);
        System.out.printf(
                "first leaders of %,d partitions: %,d ms, CPU of all three nodes %.0f ms%n",
                partitions,
                simulation.nowMicros() / 1_000,
                (threads.getCurrentThreadCpuTime() - began) / NANOS_PER_MILLI);

        simulation.agenda().runUntil(simulation.nowMicros() + 30_000_000);
        long events = simulation.agenda().count();
        began = threads.getCurrentThreadCpuTime();
        simulation.agenda().runUntil(simulation.nowMicros() + IDLE_SECONDS * 1_000_000L);
        System.out.printf(
                "idle for %d s: CPU of each node %.3f ms a second, %,d events in all%n",
                IDLE_SECONDS,
                (threads.getCurrentThreadCpuTime() - began) / NANOS_PER_MILLI / IDLE_SECONDS / 3,
                simulation.agenda().count() - events);

        SimulatedMachine killed = simulation.machines().get(0);
        killed.kill();
        int orphans = partitions - simulation.ledPartitions();
        long at = simulation.nowMicros();
        began = threads.getCurrentThreadCpuTime();
        untilLed(simulation, partitions);
        double millis = (simulation.nowMicros() - at) / 1_000.0;
        double cpu = (threads.getCurrentThreadCpuTime() - began) / NANOS_PER_MILLI;
        System.out.printf(
                "kill -9 of the leader of %,d: all led again after %.1f ms, CPU of the other two %.0f ms: %,.0f partitions a"
                        + " second of CPU%n",
                orphans, millis, cpu, orphans / cpu * 1_000);
    }

    private static void untilLed(NodesSimulation simulation, int partitions) {
        while (simulation.ledPartitions() < partitions) {
            simulation.agenda().runUntil(simulation.nowMicros() + 1_000);
        }
    }
}
