package io.thalweg.testkit;

import io.thalweg.environment.Environment;
import java.nio.file.Path;
import java.util.Random;

/**
 * All ports as fakes, from one seed.
 *
 * @param environment what the engine is given; made of the others
 */
public record ManualEnvironment(
        ManualClock clock, ManualTimers timers, InMemoryFileSystem fileSystem, Environment environment) {

    /** With an empty disk on which {@code directory} exists durably. */
    public static ManualEnvironment create(long seed, Path directory) {
        return on(seed, InMemoryFileSystem.with(directory));
    }

    /** With a disk that exists, as after a restart. */
    public static ManualEnvironment on(long seed, InMemoryFileSystem fileSystem) {
        ManualClock clock = new ManualClock();
        ManualTimers timers = new ManualTimers(clock);
        return new ManualEnvironment(
                clock, timers, fileSystem, new Environment(clock, timers, new Random(seed), fileSystem));
    }
}
