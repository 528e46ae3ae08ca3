package io.thalweg.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Runs a test once for each of a number of seeds, given as its {@code long} parameter. The seeds are the same in every
 * run. A failure prints its seed; {@code -Dthalweg.seed=N} then runs that one alone. To look further,
 * {@code -Dthalweg.seeds.base=N} begins elsewhere and {@code -Dthalweg.seeds.count=N} overrides the number.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@TestTemplate
@ExtendWith(SeedsExtension.class)
public @interface Seeds {

    /** How many seeds. */
    int count();
}
