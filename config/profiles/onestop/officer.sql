SELECT ma_can_bo AS officer_id,
       ho_ten AS display_name,
       ma_don_vi AS unit_code,
       vai_tro AS role,
       hoat_dong AS active,
       truy_cap_cuoi AS last_seen_at
  FROM onestop.can_bo
