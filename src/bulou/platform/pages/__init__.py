"""The page kit: layout, navigation, components, languages, refusals as pages. Knows no module."""
