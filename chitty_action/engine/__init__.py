"""The six verbs that connect checks and changes: survey, observe, judge, plan, apply, conclude."""
